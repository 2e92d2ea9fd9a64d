package io.fingerpost.registry.durable;

import io.fingerpost.registry.store.RegistryStore;
import io.fingerpost.registry.store.RegistryStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class DurableStoreTest extends RegistryStoreContract {
    @TempDir
    private Path folder;

    private StoreFixture fixture;

    @BeforeEach
    @Override
    protected void open() {
        fixture = new StoreFixture(folder.resolve("registry"));
        super.open();
    }

    @Override
    protected RegistryStore emptyStore() {
        return fixture.store();
    }

    @AfterEach
    void close() {
        fixture.close();
    }
}

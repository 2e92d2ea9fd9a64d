package io.fingerpost.registry.store;

class MemoryStoreTest extends RegistryStoreContract {
    @Override
    RegistryStore emptyStore() {
        return new MemoryStore();
    }
}

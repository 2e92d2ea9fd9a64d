package io.fingerpost.registry.store;

class MemoryStoreTest extends RegistryStoreContract {
    @Override
    protected RegistryStore emptyStore() {
        return new MemoryStore();
    }
}

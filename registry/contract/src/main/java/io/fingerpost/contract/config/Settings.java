package io.fingerpost.contract.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the command line says about the configuration: a file, and single keys that stand above it. */
public final class Settings {
    private final List<Setting> keys = new ArrayList<>();
    private @Nullable Path file;

    /** One key that an option sets. */
    private record Setting(String key, String value, String option) {}

    /** The option {@code --config}. */
    public void file(Path value) {
        file = value;
    }

    /** An option that stands for one key. */
    public void set(String key, String value, String option) {
        keys.add(new Setting(key, value, option));
    }

    /** The option {@code --set}; picocli hands over all of them again whenever one more is read. */
    public void set(Map<String, String> values) {
        values.forEach((key, value) -> {
            var setting = new Setting(key, value, "--set");
            if (!keys.contains(setting)) {
                keys.add(setting);
            }
        });
    }

    /**
     * The configuration: defaults, then the file, then the keys.
     *
     * @param defaults a YAML resource beside {@code type}
     * @throws ConfigException if something of it cannot be used
     */
    public <T> T load(Class<T> type, String defaults) {
        var loader = new ConfigLoader(type, defaults, System.getenv());
        if (file != null) {
            loader.file(file);
        }
        keys.forEach(setting -> loader.set(setting.key, setting.value, setting.option));
        return loader.bind(type);
    }
}

package io.fingerpost.registry.locality;

import com.maxmind.db.MaxMindDbConstructor;
import com.maxmind.db.MaxMindDbParameter;
import org.jspecify.annotations.Nullable;

/** What a database of autonomous systems says of a network, as far as we read it. Public, for the reader makes it. */
public record AsnRecord(@Nullable Long number) {
    @MaxMindDbConstructor
    public AsnRecord(@MaxMindDbParameter(name = "autonomous_system_number") @Nullable Long number) {
        this.number = number;
    }

    /** The number, unsigned; 0 if there is none. */
    int value() {
        return number == null || number >>> 32 != 0 ? 0 : number.intValue();
    }
}

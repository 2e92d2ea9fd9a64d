package io.fingerpost.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test runs programs that not every machine has: without them it is skipped, but where the environment variable `CI` is
 * `true` it fails, because there nobody would notice that it never runs.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(RequiresToolCondition.class)
public @interface RequiresTool {
    /** The programs, as they are called on the PATH. */
    String[] value();
}

package io.fingerpost.testing;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Takes any bytes. In every build these are the ones that are kept beside the test's resources; {@code registry/fuzz} makes up a
 * million others.
 */
@FuzzTest(maxExecutions = 1_000_000, maxDuration = "1h")
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface FuzzTarget {
}

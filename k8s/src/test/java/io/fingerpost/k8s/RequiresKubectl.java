package io.fingerpost.k8s;

import java.io.File;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips, and says so, where there is no `kubectl`; where `CI=true`, its absence is a failure. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresKubectl.OnThePath.class)
@interface RequiresKubectl {

    final class OnThePath implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            boolean found = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                    .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kubectl")));
            if (found) {
                return ConditionEvaluationResult.enabled("kubectl is installed");
            }
            if ("true".equals(System.getenv("CI"))) {
                throw new IllegalStateException("kubectl is not installed, and with CI=true no test may be skipped");
            }
            return ConditionEvaluationResult.disabled("kubectl is not installed");
        }
    }
}

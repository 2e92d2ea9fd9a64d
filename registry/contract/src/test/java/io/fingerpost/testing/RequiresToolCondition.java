package io.fingerpost.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Decides what {@link RequiresTool} does with a test. */
final class RequiresToolCondition implements ExecutionCondition {
    private static final Pattern SEPARATOR = Pattern.compile(Pattern.quote(File.pathSeparator));

    private final Map<String, String> environment;

    RequiresToolCondition() {
        this(System.getenv());
    }

    RequiresToolCondition(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getElement(), RequiresTool.class)
                .map(required -> decide(required.value()))
                .orElseGet(() -> ConditionEvaluationResult.enabled("no tool is required"));
    }

    /** @throws ExtensionConfigurationException which fails the test, if a tool is missing where none may be */
    ConditionEvaluationResult decide(String... tools) {
        List<String> missing = Arrays.stream(tools).filter(tool -> !isOnPath(tool)).toList();
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("found " + String.join(", ", tools));
        }
        String reason = "not on the PATH: " + String.join(", ", missing);
        if ("true".equals(environment.get("CI"))) {
            throw new ExtensionConfigurationException(reason + "; with CI=true nothing is skipped");
        }
        return ConditionEvaluationResult.disabled(reason);
    }

    private boolean isOnPath(String tool) {
        return folders().map(folder -> folder.resolve(tool)).anyMatch(
                file -> Files.isRegularFile(file) && Files.isExecutable(file));
    }

    private Stream<Path> folders() {
        return SEPARATOR.splitAsStream(environment.getOrDefault("PATH", "")).filter(folder -> !folder.isEmpty())
                .map(Path::of);
    }
}

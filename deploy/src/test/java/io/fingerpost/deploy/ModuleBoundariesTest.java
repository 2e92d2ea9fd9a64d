package io.fingerpost.deploy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Dependencies point one way: contract ← registry ← broker, contract ← agent. */
@AnalyzeClasses(packages = "io.fingerpost", importOptions = DoNotIncludeTests.class)
class ModuleBoundariesTest {
    @ArchTest
    static final ArchRule theContractKnowsNobody = noClasses().that().resideInAPackage("io.fingerpost.contract..")
            .should().dependOnClassesThat().resideInAnyPackage("io.fingerpost.registry..", "io.fingerpost.broker..",
                    "io.fingerpost.agent..", "io.fingerpost.deploy..", "io.undertow..", "org.xnio..", "io.lettuce..");

    @ArchTest
    static final ArchRule theRegistryKnowsNoBroker = noClasses().that().resideInAPackage("io.fingerpost.registry..")
            .should().dependOnClassesThat().resideInAnyPackage("io.fingerpost.broker..", "io.fingerpost.agent..",
                    "io.fingerpost.deploy..");

    @ArchTest
    static final ArchRule theBrokerKnowsNoAgent = noClasses().that().resideInAPackage("io.fingerpost.broker..")
            .should().dependOnClassesThat().resideInAnyPackage("io.fingerpost.agent..", "io.fingerpost.deploy..");

    @ArchTest
    static final ArchRule theAgentKnowsOnlyTheContract = noClasses().that().resideInAPackage("io.fingerpost.agent..")
            .should().dependOnClassesThat().resideInAnyPackage("io.fingerpost.registry..", "io.fingerpost.broker..",
                    "io.fingerpost.deploy..", "io.micrometer..", "com.github.benmanes..");

    @ArchTest
    static final ArchRule theDecisionKnowsNoHttpLibrary = noClasses()
            .that().resideInAnyPackage("io.fingerpost.broker.routing..", "io.fingerpost.broker.label..",
                    "io.fingerpost.registry.store..", "io.fingerpost.registry.representation..")
            .should().dependOnClassesThat().resideInAnyPackage("io.undertow..", "org.xnio..", "java.net.http..");

    @ArchTest
    static final ArchRule packagesOfTheBrokerMakeNoCircle = slices().matching("io.fingerpost.broker.(*)..")
            .should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesOfTheAgentMakeNoCircle = slices().matching("io.fingerpost.agent.(*)..")
            .should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesOfTheRegistryMakeNoCircle = slices().matching("io.fingerpost.registry.(*)..")
            .should().beFreeOfCycles();
}

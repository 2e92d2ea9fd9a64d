package io.fingerpost.registry.enrolment;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.fingerpost.contract.config.BadKey;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who may enrol ({@code enrolment.*}).
 *
 * @param mode whether a token is wanted of everybody
 * @param tokens those that count
 * @param lanSharing whether peers that only their own network reaches may serve that network
 * @param maxPeersPerAddress most peers with one address
 * @param maxPeersPerNetwork most peers in one /24 or /48
 * @param registrationsPerMinute most registrations that one /24 or /48 may try, all together
 */
public record EnrolmentConfig(Mode mode, List<Token> tokens, boolean lanSharing, int maxPeersPerAddress,
        int maxPeersPerNetwork, int registrationsPerMinute) {
    private static final int MAX_TOKENS = 10_000;

    public EnrolmentConfig {
        tokens = List.copyOf(tokens);
        require(tokens.size() <= MAX_TOKENS, "at most " + MAX_TOKENS + " tokens are taken, not " + tokens.size());
        require(maxPeersPerAddress > 0, "max-peers-per-address must be at least 1, was " + maxPeersPerAddress);
        require(maxPeersPerNetwork > 0, "max-peers-per-network must be at least 1, was " + maxPeersPerNetwork);
        require(registrationsPerMinute > 0,
                "registrations-per-minute must be at least 1, was " + registrationsPerMinute);
        requireDistinct(tokens);
    }

    /** Who has to show a token. */
    public enum Mode {
        /** Nobody. */
        OPEN,
        /** Everybody. */
        TOKEN;

        @JsonCreator
        static Mode parse(String text) {
            return switch (text) {
                case "open" -> OPEN;
                case "token" -> TOKEN;
                default -> throw new IllegalArgumentException("open or token is wanted");
            };
        }
    }

    /**
     * A token that counts. Two of the same account are for the time in which agents change from one to the other.
     *
     * @param account whose it is; names the peers' account in logs
     * @param superNode whether the operator vouches for whoever shows it
     * @param maxPeers most peers of the account at a time; 0 for no limit
     */
    public record Token(String account, TokenHash hash, boolean superNode, int maxPeers) {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

        public Token {
            if (!NAME.matcher(account).matches()) {
                throw new BadKey("account", "1 to 64 letters, digits, '.', '_' and '-' are wanted");
            }
            require(maxPeers >= 0, "max-peers must not be negative, was " + maxPeers);
        }
    }

    private static void requireDistinct(List<Token> tokens) {
        Set<TokenHash> seen = new HashSet<>();
        for (int i = 0; i < tokens.size(); i++) {
            if (!seen.add(tokens.get(i).hash)) {
                throw new BadKey("tokens[" + i + "].hash", "another token has this hash");
            }
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}

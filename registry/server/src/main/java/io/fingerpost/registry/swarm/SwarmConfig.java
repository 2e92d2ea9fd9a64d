package io.fingerpost.registry.swarm;

/**
 * What those who fetch together may take from the origin ({@code swarm.*}).
 *
 * @param originPieces most pieces of one representation that are on their way from the origin at a time
 * @param originPiecesInAll most of all representations together
 */
public record SwarmConfig(int originPieces, int originPiecesInAll) {
    private static final int MOST = 10_000;

    public SwarmConfig {
        require(originPieces, "origin-pieces");
        require(originPiecesInAll, "origin-pieces-in-all");
    }

    private static void require(int value, String key) {
        if (value < 1 || value > MOST) {
            throw new IllegalArgumentException(key + " must be 1 to " + MOST + ", was " + value);
        }
    }
}

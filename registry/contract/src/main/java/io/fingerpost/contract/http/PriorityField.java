package io.fingerpost.contract.http;

import org.jspecify.annotations.Nullable;

/** The request field `Priority`: how soon the answer is needed (RFC 9218 §4). Of it only the urgency counts here. */
public final class PriorityField {
    public static final String NAME = "Priority";
    /** What does not say: in the middle. The most urgent has 0, what can wait 7. */
    public static final int DEFAULT = 3;
    public static final int LEAST_URGENT = 7;
    private static final String URGENCY = "u=";

    private PriorityField() {}

    /** @param urgency 0 to 7 */
    public static String format(int urgency) {
        return URGENCY + urgency;
    }

    /** The urgency, 0 to 7; {@link #DEFAULT} if the field does not say, or nothing that makes sense. */
    public static int urgency(@Nullable String field) {
        int urgency = DEFAULT;
        for (String member : field == null ? new String[0] : field.split(",", -1)) {
            String value = member.strip().split(";", 2)[0].stripTrailing();
            if (value.startsWith(URGENCY)) {
                char digit = value.length() == URGENCY.length() + 1 ? value.charAt(URGENCY.length()) : ' ';
                urgency = digit >= '0' && digit <= '0' + LEAST_URGENT ? digit - '0' : DEFAULT; // the last one counts
            }
        }
        return urgency;
    }
}

package io.fingerpost.broker.routing;

import java.util.Locale;
import java.util.Set;

/**
 * Queries that carry a signature or token: whoever knows such a URL may fetch the resource, so it is a credential. The
 * parameters are those of the usual signers (S3, Google, Azure, CloudFront, Akamai, Fastly and others).
 */
final class SignedQuery {
    private static final Set<String> PARAMETERS = Set.of("x-amz-signature", "x-amz-security-token", "x-goog-signature",
            "signature", "sig", "key-pair-id", "awsaccesskeyid", "googleaccessid", "hdnea", "hdnts", "hdntl",
            "access_token", "token", "auth", "auth_token", "authtoken", "api_key", "apikey", "jwt", "hmac", "verify");

    private SignedQuery() {}

    /** @param query undecoded, without the question mark */
    static boolean is(String query) {
        for (int at = 0; at < query.length();) {
            int end = query.indexOf('&', at);
            end = end < 0 ? query.length() : end;
            int equals = query.indexOf('=', at);
            if (equals > at && equals < end
                    && PARAMETERS.contains(query.substring(at, equals).toLowerCase(Locale.ROOT))) {
                return true;
            }
            at = end + 1;
        }
        return false;
    }
}

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
            "x-oss-signature", "wssecret", "sign", "auth_key", "access_token", "token", "auth", "auth_token",
            "authtoken", "api_key", "apikey", "jwt", "hmac", "verify");

    private SignedQuery() {}

    /** @param query undecoded, without the question mark */
    static boolean is(String query) {
        if (query.indexOf('=') < 0) {
            return false;
        }
        boolean hash = false;
        boolean expiry = false;
        for (int at = 0; at < query.length();) {
            int end = end(query, at);
            int equals = query.indexOf('=', at);
            if (equals > at && equals < end) {
                String name = query.substring(at, equals).toLowerCase(Locale.ROOT);
                if (PARAMETERS.contains(name)) {
                    return true;
                }
                hash |= name.equals("md5") || name.equals("st");
                expiry |= name.equals("expires") || name.equals("e");
            }
            at = end + 1;
        }
        return hash && expiry; // as nginx's secure links have them; a hash alone is that of the content
    }

    private static int end(String query, int from) {
        for (int at = from; at < query.length(); at++) {
            if (query.charAt(at) == '&' || query.charAt(at) == ';') {
                return at;
            }
        }
        return query.length();
    }
}

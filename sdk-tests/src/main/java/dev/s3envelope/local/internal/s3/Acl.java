package dev.s3envelope.local.internal.s3;

/** The only access control list there is: full control for the owner. */
final class Acl {
    private static final String TYPE =
            " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"";

    private Acl() {}

    static byte[] ownerOnly(String canonicalId) {
        return Xml.document(
                "AccessControlPolicy",
                xml -> xml.group("Owner", owner -> owner.add("ID", canonicalId))
                        .group(
                                "AccessControlList",
                                list -> list.group(
                                        "Grant",
                                        grant -> grant.group("Grantee", TYPE, grantee -> grantee.add("ID", canonicalId))
                                                .add("Permission", "FULL_CONTROL"))));
    }
}

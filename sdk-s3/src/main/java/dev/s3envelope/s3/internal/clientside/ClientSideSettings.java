package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.s3ec.HoldBack;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import java.util.List;

/**
 * What a client does with objects encrypted on the client, apart from its policy.
 *
 * @param readKeyrings for reading only, asked after those of the policy
 * @param s3ecKeyrings for objects of the S3 Encryption Client, the one of an object's wrapping is asked
 * @param required refuse to read an object that is not encrypted on the client where its rule says it is
 * @param foreign read messages that name no object of ours, written by another AWS Encryption SDK
 * @param holdBack where objects of the S3 Encryption Client wait until they are verified
 */
public record ClientSideSettings(
        List<Keyring> readKeyrings,
        List<S3ecKeyring> s3ecKeyrings,
        boolean required,
        boolean foreign,
        HoldBack holdBack) {
    public ClientSideSettings {
        readKeyrings = List.copyOf(readKeyrings);
        s3ecKeyrings = List.copyOf(s3ecKeyrings);
    }
}

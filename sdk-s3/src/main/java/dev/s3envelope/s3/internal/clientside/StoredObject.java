package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.message.MessageHeader;
import java.util.Optional;

/**
 * What is known of one version of an object: a hint for the next read, checked by it.
 *
 * @param form how it is encrypted on the client
 * @param eTag which content it is known of
 * @param length bytes as stored
 * @param header of a message, once it was fetched
 */
record StoredObject(StoredForm form, String eTag, long length, Optional<MessageHeader> header) {
    FrameLayout layout() {
        LayoutHint hint = form.hint().orElseThrow();
        return FrameLayout.ofCiphertext(hint.headerLength(), hint.frameLength(), length);
    }

    StoredObject withHeader(MessageHeader parsed) {
        return new StoredObject(form, eTag, length, Optional.of(parsed));
    }
}

package dev.s3envelope.contract;

import dev.s3envelope.core.mode.EncryptionMode;
import java.util.stream.Stream;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** The Transfer Manager on a server that others wrote, under client-side encryption. */
class S3ProxyTransferManagerTest extends TransferManagerContract {
    private S3ProxyTarget proxy;

    @Override
    Target open() {
        proxy = new S3ProxyTarget();
        return proxy;
    }

    @Override
    Stream<Mode> modes() {
        return Stream.of(Mode.CLIENT_SIDE);
    }

    @Override
    EncryptionMode clientSide() {
        return EncryptionMode.clientSide("documents", ClientSideContract.keyring(5));
    }

    @Override
    S3AsyncClient openMultipart() {
        return proxy.async(S3AsyncClient.builder().multipartEnabled(true));
    }
}

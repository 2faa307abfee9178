package dev.s3envelope.core.message;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.EncryptionContext;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * The signature of a signed message: fed with everything before the footer, then asked. The verification key stands in the authenticated encryption
 * context as a compressed point (SEC 1, 2.3.4). Source: AWS Encryption SDK specification, data-format/message-footer.
 */
final class SignatureCheck {
    private static final BigInteger THREE = BigInteger.valueOf(3);

    private final Signature signature;

    SignatureCheck(CryptoProvider provider, MessageHeader header) {
        String encoded = header.encryptionContext()
                .get(EncryptionContext.PUBLIC_KEY)
                .orElseThrow(() -> new IntegrityException("The message is signed but names no verification key."));
        boolean p256 = header.suite().signing() == AlgorithmSuite.Signing.ECDSA_P256;
        try {
            signature = provider.signature(p256 ? "SHA256withECDSA" : "SHA384withECDSA");
            signature.initVerify(publicKey(
                    provider,
                    p256 ? "secp256r1" : "secp384r1",
                    Base64.getDecoder().decode(encoded)));
            signature.update(header.encodedView());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IntegrityException("The verification key of the signed message is malformed.", e);
        }
    }

    void update(ByteBuffer piece) {
        try {
            signature.update(piece);
        } catch (SignatureException e) {
            throw new IllegalStateException("The signature object lost its state", e);
        }
    }

    void verify(byte[] footerSignature) {
        boolean genuine;
        try {
            genuine = signature.verify(footerSignature);
        } catch (SignatureException e) {
            throw new IntegrityException("The signature of the message is malformed.", e);
        }
        if (!genuine) {
            throw new IntegrityException(
                    "The signature of the message is wrong: it was changed by someone who holds its data key.");
        }
    }

    private static PublicKey publicKey(CryptoProvider provider, String curveName, byte[] point)
            throws GeneralSecurityException {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(curveName));
        ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
        BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
        if (point.length != 1 + (p.bitLength() + 7) / 8 || (point[0] != 2 && point[0] != 3)) {
            throw new GeneralSecurityException("Not a compressed point of " + curveName);
        }
        BigInteger x = new BigInteger(1, Arrays.copyOfRange(point, 1, point.length));
        BigInteger square = x.modPow(THREE, p)
                .add(curve.getCurve().getA().multiply(x))
                .add(curve.getCurve().getB())
                .mod(p);
        // Both primes are 3 mod 4, so this is the root if there is one.
        BigInteger root = square.modPow(p.add(BigInteger.ONE).shiftRight(2), p);
        if (x.compareTo(p) >= 0 || !root.multiply(root).mod(p).equals(square)) {
            throw new GeneralSecurityException("The point is not on " + curveName);
        }
        BigInteger y = root.testBit(0) == (point[0] == 3) ? root : p.subtract(root);
        return provider.keyFactory("EC").generatePublic(new ECPublicKeySpec(new ECPoint(x, y), curve));
    }
}

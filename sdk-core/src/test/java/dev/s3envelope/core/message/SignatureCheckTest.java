package dev.s3envelope.core.message;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.keyring.EncryptionContext;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Verification keys as they stand in an encryption context: compressed points, of both curves and both parities. */
class SignatureCheckTest {
    private static final byte[] HEADER = {1, 2, 3};
    private static final byte[] BODY = {4, 5, 6};

    /** The suites of both curves. */
    enum Curve {
        P256(AlgorithmSuite.AES_128_GCM_HKDF_SHA256_ECDSA_P256, "secp256r1", "SHA256withECDSA", 32),
        P384(AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384, "secp384r1", "SHA384withECDSA", 48);

        final AlgorithmSuite suite;
        final String name;
        final String signature;
        final int bytes;

        Curve(AlgorithmSuite suite, String name, String signature, int bytes) {
            this.suite = suite;
            this.name = name;
            this.signature = signature;
            this.bytes = bytes;
        }

        KeyPair keyPair() throws GeneralSecurityException {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(name));
            return generator.generateKeyPair();
        }

        byte[] compressed(BigInteger x, int sign) {
            byte[] point = new byte[1 + bytes];
            byte[] magnitude = x.toByteArray();
            int n = Math.min(bytes, magnitude.length);
            System.arraycopy(magnitude, magnitude.length - n, point, 1 + bytes - n, n);
            point[0] = (byte) sign;
            return point;
        }
    }

    @ParameterizedTest
    @EnumSource(Curve.class)
    void genuineSignature_isAccepted_andNoOther(Curve curve) throws GeneralSecurityException {
        for (int round = 0; round < 12; round++) {
            KeyPair keys = curve.keyPair();
            ECPublicKey publicKey = (ECPublicKey) keys.getPublic();
            int sign = publicKey.getW().getAffineY().testBit(0) ? 3 : 2;
            byte[] point = curve.compressed(publicKey.getW().getAffineX(), sign);
            Signature signer = Signature.getInstance(curve.signature);
            signer.initSign(keys.getPrivate());
            signer.update(HEADER);
            signer.update(BODY);
            byte[] signature = signer.sign();

            check(curve, point).verify(signature);
            byte[] otherPoint = point.clone();
            otherPoint[0] ^= 1;
            Refused.by(
                    IntegrityException.class, () -> check(curve, otherPoint).verify(signature), "signature", "wrong");
            Refused.by(IntegrityException.class, () -> check(curve, point).verify(new byte[5]), "malformed");
        }
    }

    @ParameterizedTest
    @EnumSource(Curve.class)
    void whatIsNoPointOfTheCurve_isRefused(Curve curve) throws GeneralSecurityException {
        ECPublicKey publicKey = (ECPublicKey) curve.keyPair().getPublic();
        BigInteger p = ((ECFieldFp) publicKey.getParams().getCurve().getField()).getP();
        BigInteger x = publicKey.getW().getAffineX();
        byte[] point = curve.compressed(x, 2);
        for (byte[] bad : List.of(
                new byte[0],
                Arrays.copyOf(point, point.length - 1),
                Arrays.copyOf(point, point.length + 1),
                curve.compressed(x, 0),
                curve.compressed(x, 1),
                curve.compressed(x, 4),
                curve.compressed(p, 2),
                curve.compressed(p, 3),
                curve.compressed(BigInteger.ONE.shiftLeft(8 * curve.bytes).subtract(BigInteger.ONE), 2),
                curve.compressed(notOnTheCurve(publicKey, p), 2))) {
            Refused.by(
                    IntegrityException.class,
                    () -> check(curve, bad),
                    "verification key of the signed message is malformed");
        }
        Refused.by(
                IntegrityException.class,
                () -> new SignatureCheck(Fixture.JDK, header(curve, "not base64!")),
                "verification key of the signed message is malformed");
        Refused.by(
                IntegrityException.class,
                () -> new SignatureCheck(
                        Fixture.JDK,
                        new MessageHeader(
                                curve.suite, EncryptionContext.empty(), List.of(), ContentType.FRAMED, 10, HEADER)),
                "names no verification key");
    }

    /** The smallest x whose right-hand side is no square. */
    private static BigInteger notOnTheCurve(ECPublicKey key, BigInteger p) {
        BigInteger x = BigInteger.ONE;
        while (true) {
            BigInteger square = x.modPow(BigInteger.valueOf(3), p)
                    .add(key.getParams().getCurve().getA().multiply(x))
                    .add(key.getParams().getCurve().getB())
                    .mod(p);
            if (square.modPow(p.shiftRight(1), p).equals(p.subtract(BigInteger.ONE))) {
                return x;
            }
            x = x.add(BigInteger.ONE);
        }
    }

    private static SignatureCheck check(Curve curve, byte[] point) {
        SignatureCheck check = new SignatureCheck(
                Fixture.JDK, header(curve, Base64.getEncoder().encodeToString(point)));
        check.update(ByteBuffer.wrap(BODY));
        return check;
    }

    private static MessageHeader header(Curve curve, String key) {
        byte[] name = EncryptionContext.PUBLIC_KEY.getBytes(StandardCharsets.US_ASCII);
        byte[] value = key.getBytes(StandardCharsets.US_ASCII);
        byte[] serialized = ByteBuffer.allocate(2 + 2 + name.length + 2 + value.length)
                .putShort((short) 1)
                .putShort((short) name.length)
                .put(name)
                .putShort((short) value.length)
                .put(value)
                .array();
        return new MessageHeader(
                curve.suite, EncryptionContext.parse(serialized), List.of(), ContentType.FRAMED, 10, HEADER);
    }
}

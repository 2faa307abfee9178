package dev.s3envelope.core;

import dev.s3envelope.core.crypto.CryptoProvider;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.crypto.AEADBadTagException;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.Mac;
import javax.crypto.MacSpi;
import javax.crypto.ShortBufferException;
import org.jspecify.annotations.Nullable;

/**
 * SunJCE behind a recorder: it keeps the very keys and arrays that ciphers and MACs were given and gave, so that a test can look whether they were wiped. It can
 * also misbehave as providers may: fail, or leave plaintext in the output of a frame whose tag is wrong.
 */
public final class WatchedProvider extends Provider {
    private static final long serialVersionUID = 1L;

    /** What a provider may do wrong. */
    public enum Fault {
        /** Another ciphertext. */
        ENCRYPTION,
        /** Another plaintext. */
        DECRYPTION,
        /** A wrong tag is not refused. */
        TAG,
        /** MACs are right for short keys only. */
        LONG_KEYED_MAC,
        /** A cipher that was given everything fails. */
        LAST_STEP,
        /** MACs take short keys only. */
        MAC_KEY
    }

    private final transient List<Key> seenKeys = new ArrayList<>();
    private final transient List<byte[]> inputs = new ArrayList<>();
    private final transient List<byte[]> outputs = new ArrayList<>();
    private final transient List<byte[]> macs = new ArrayList<>();
    private int failAfter = Integer.MAX_VALUE;
    private final transient BlockingQueue<Thread> makers = new LinkedBlockingQueue<>();
    private @Nullable Fault fault;
    private boolean leaky;
    private boolean stingy;
    private int ciphersMade;

    /** A provider with nothing recorded. */
    public WatchedProvider() {
        super("Watched", "1", "SunJCE, watched");
        for (String cipher : List.of("AES/GCM/NoPadding", "AES/CTR/NoPadding", "RSA/ECB/OAEPPadding")) {
            putService(new Factory("Cipher", cipher));
        }
        for (String mac : List.of("HmacSHA256", "HmacSHA384", "HmacSHA512")) {
            putService(new Factory("Mac", mac));
        }
    }

    /** Passes the self-test and forgets what was seen of it. */
    public CryptoProvider choose() {
        CryptoProvider chosen = CryptoProvider.of(this);
        forget();
        return chosen;
    }

    public void forget() {
        ciphersMade = 0;
        makers.clear();
        seenKeys.clear();
        inputs.clear();
        outputs.clear();
        macs.clear();
    }

    /** Every key a cipher or MAC was initialised with. */
    public List<Key> keysSeen() {
        return List.copyOf(seenKeys);
    }

    /** Every array a cipher or MAC took content from. */
    public List<byte[]> inputs() {
        return List.copyOf(inputs);
    }

    /** Every array a cipher put content into, the caller's or its own. */
    public List<byte[]> outputs() {
        return List.copyOf(outputs);
    }

    /** Every result of a MAC. */
    public List<byte[]> macs() {
        return List.copyOf(macs);
    }

    /** How many ciphers were made. */
    public int ciphersMade() {
        return ciphersMade;
    }

    /** The threads that made ciphers. */
    public BlockingQueue<Thread> makers() {
        return makers;
    }

    /** From now on it does this wrong. */
    public WatchedProvider with(Fault what) {
        fault = what;
        return this;
    }

    /** After so many more initialisations of ciphers each one fails. */
    public void failAfter(int initialisations) {
        failAfter = initialisations;
    }

    /** From now on a wrong tag is noticed only after something was written to the output. */
    public void leak() {
        leaky = true;
    }

    /** From now on a cipher gives out one byte less than it should, as those do that hold bytes back. */
    public void holdBack() {
        stingy = true;
    }

    /** Whether nothing but zeros is in any of the arrays. */
    public static boolean wiped(List<byte[]> arrays) {
        return arrays.stream().allMatch(a -> Arrays.equals(a, new byte[a.length]));
    }

    private final class Factory extends Service {
        Factory(String type, String algorithm) {
            super(WatchedProvider.this, type, algorithm, "none", null, null);
        }

        @Override
        public Object newInstance(@Nullable Object parameter) throws NoSuchAlgorithmException {
            try {
                return getType().equals("Mac")
                        ? new WatchedMac(Mac.getInstance(getAlgorithm(), "SunJCE"))
                        : new WatchedCipher(Cipher.getInstance(getAlgorithm(), "SunJCE"));
            } catch (GeneralSecurityException e) {
                throw new NoSuchAlgorithmException(e);
            }
        }
    }

    private final class WatchedCipher extends CipherSpi {
        private final Cipher cipher;
        private boolean encrypts;

        WatchedCipher(Cipher cipher) {
            this.cipher = cipher;
            ciphersMade++;
            makers.add(Thread.currentThread());
        }

        private void init(int mode, Key key) throws InvalidKeyException {
            encrypts = mode == Cipher.ENCRYPT_MODE;
            seenKeys.add(key);
            if (failAfter-- <= 0) {
                throw new InvalidKeyException("told to fail");
            }
        }

        @Override
        protected void engineSetMode(String mode) {}

        @Override
        protected void engineSetPadding(String padding) {}

        @Override
        protected int engineGetBlockSize() {
            return cipher.getBlockSize();
        }

        @Override
        protected int engineGetOutputSize(int inputLength) {
            return cipher.getOutputSize(inputLength);
        }

        @Override
        protected byte[] engineGetIV() {
            return cipher.getIV();
        }

        @Override
        protected AlgorithmParameters engineGetParameters() {
            return cipher.getParameters();
        }

        @Override
        protected void engineInit(int mode, Key key, SecureRandom random) throws InvalidKeyException {
            init(mode, key);
            cipher.init(mode, key, random);
        }

        @Override
        protected void engineInit(int mode, Key key, AlgorithmParameterSpec parameters, SecureRandom random)
                throws InvalidKeyException, InvalidAlgorithmParameterException {
            init(mode, key);
            cipher.init(mode, key, parameters, random);
        }

        @Override
        protected void engineInit(int mode, Key key, AlgorithmParameters parameters, SecureRandom random)
                throws InvalidKeyException, InvalidAlgorithmParameterException {
            init(mode, key);
            cipher.init(mode, key, parameters, random);
        }

        @Override
        protected void engineUpdateAAD(byte[] source, int offset, int length) {
            cipher.updateAAD(source, offset, length);
        }

        @Override
        protected byte[] engineUpdate(byte[] input, int offset, int length) {
            inputs.add(input);
            byte[] output = cipher.update(input, offset, length);
            return seen(output == null ? new byte[0] : output);
        }

        @Override
        protected int engineUpdate(byte[] input, int offset, int length, byte[] output, int outputOffset)
                throws ShortBufferException {
            inputs.add(input);
            outputs.add(output);
            return cipher.update(input, offset, length, output, outputOffset) - (stingy ? 1 : 0);
        }

        @Override
        protected byte[] engineDoFinal(byte[] input, int offset, int length)
                throws IllegalBlockSizeException, BadPaddingException {
            if (input == null) {
                return seen(cipher.doFinal());
            }
            inputs.add(input);
            if (fault == Fault.LAST_STEP) {
                throw new BadPaddingException("told to fail");
            }
            byte[] output;
            try {
                output = cipher.doFinal(input, offset, length);
            } catch (AEADBadTagException e) {
                if (fault == Fault.TAG) {
                    return new byte[length - 16];
                }
                throw e;
            }
            if (fault == (encrypts ? Fault.ENCRYPTION : Fault.DECRYPTION)) {
                output[0] ^= 1;
            }
            return seen(output);
        }

        @Override
        protected int engineDoFinal(byte[] input, int offset, int length, byte[] output, int outputOffset)
                throws ShortBufferException, IllegalBlockSizeException, BadPaddingException {
            outputs.add(output);
            try {
                if (input == null) {
                    return cipher.doFinal(output, outputOffset);
                }
                inputs.add(input);
                return cipher.doFinal(input, offset, length, output, outputOffset);
            } catch (AEADBadTagException e) {
                if (leaky) {
                    Arrays.fill(output, outputOffset, outputOffset + length - 16, (byte) 0x5a);
                }
                throw e;
            }
        }

        private byte[] seen(byte[] output) {
            outputs.add(output);
            return output;
        }
    }

    private final class WatchedMac extends MacSpi {
        private final Mac mac;
        private int keyLength;

        WatchedMac(Mac mac) {
            this.mac = mac;
        }

        @Override
        protected int engineGetMacLength() {
            return mac.getMacLength();
        }

        @Override
        protected void engineInit(Key key, @Nullable AlgorithmParameterSpec parameters) throws InvalidKeyException {
            seenKeys.add(key);
            if (fault == Fault.MAC_KEY && key.getEncoded().length > 10) {
                throw new InvalidKeyException("told to refuse it");
            }
            keyLength = key.getEncoded().length;
            mac.init(key);
        }

        @Override
        protected void engineUpdate(byte input) {
            mac.update(input);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            inputs.add(input);
            mac.update(input, offset, length);
        }

        @Override
        protected byte[] engineDoFinal() {
            byte[] result = mac.doFinal();
            if (fault == Fault.LONG_KEYED_MAC && keyLength > 10) {
                result[0] ^= 1;
            }
            macs.add(result);
            return result;
        }

        @Override
        protected void engineReset() {
            mac.reset();
        }
    }
}

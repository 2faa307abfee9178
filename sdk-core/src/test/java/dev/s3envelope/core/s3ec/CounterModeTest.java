package dev.s3envelope.core.s3ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.DataKey;
import java.lang.reflect.Field;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;

/** However the bytes are cut, and whether the provider holds any back or not, they come out as those of the cipher in one call. */
class CounterModeTest {
    @Test
    void bytesCutAnyway_areThoseOfOneCall() throws Exception {
        for (Provider provider :
                List.of(Objects.requireNonNull(Security.getProvider("SunJCE")), new BouncyCastleProvider())) {
            try (DataKey dataKey = DataKey.copyOf(Fixture.seeded(1, 32));
                    ContentKey key =
                            ContentKey.derive(CryptoProvider.of(provider), dataKey, Fixture.seeded(3, 28)).key) {
                for (int seed = 0; seed < 100; seed++) {
                    Random random = new Random(seed);
                    byte[] in = Fixture.seeded(seed, random.nextInt(300));
                    byte[] expected = key.ctrAtBlock(seed).doFinal(in);
                    CounterMode mode = new CounterMode(key, seed);
                    byte[] out = new byte[in.length + 5];
                    for (int at = 0; at < in.length; ) {
                        int n = Math.min(in.length - at, random.nextInt(50));
                        mode.apply(in, at, n, out, at + 3);
                        at += n;
                    }
                    assertArrayEquals(expected, Arrays.copyOfRange(out, 3, 3 + in.length), "seed " + seed);
                    assertArrayEquals(
                            new byte[] {0, 0, 0, 0, 0},
                            new byte[] {out[0], out[1], out[2], out[out.length - 2], out[out.length - 1]});
                }
            }
        }
    }

    @Test
    void usedKeystream_isWiped() throws Exception {
        Field field = CounterMode.class.getDeclaredField("keystream");
        field.setAccessible(true);
        try (DataKey dataKey = DataKey.copyOf(Fixture.seeded(1, 32));
                ContentKey key = ContentKey.derive(Fixture.JDK, dataKey, Fixture.seeded(3, 28)).key) {
            byte[] expected = key.ctrAtBlock(0).doFinal(new byte[16]);
            CounterMode mode = new CounterMode(key, 0);
            mode.apply(new byte[5], 0, 5, new byte[5], 0);
            Arrays.fill(expected, 0, 5, (byte) 0);
            assertArrayEquals(expected, (byte[]) field.get(mode));
            mode.apply(new byte[11], 0, 11, new byte[11], 0);
            assertArrayEquals(new byte[16], (byte[]) field.get(mode));
        }
    }
}

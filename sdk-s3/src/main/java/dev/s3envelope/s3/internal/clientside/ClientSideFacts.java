package dev.s3envelope.s3.internal.clientside;

import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** What one client says of objects without reading them, in plaintext terms: answers to HEAD and GetObjectAttributes, and listings. */
public final class ClientSideFacts {
    private final ClientSideHeads heads;
    private final ClientSideAttributes attributes;
    private final ClientSideListings listings;

    /**
     * Facts for one client.
     *
     * @param sizesInListings whether listings were asked to have sizes in plaintext
     * @param legacy whether it reads legacy objects of the S3 Encryption Client too
     */
    public ClientSideFacts(ClientSideReads reads, boolean sizesInListings, boolean legacy) {
        this.heads = new ClientSideHeads(reads, legacy);
        this.attributes = new ClientSideAttributes(reads, heads);
        this.listings = new ClientSideListings(reads, heads, sizesInListings);
    }

    /** See {@link ClientSideHeads#plain}. */
    public CompletionStage<HeadObjectResponse> plain(
            HeadObjectRequest request, HeadObjectResponse answer, ReadPort port) {
        return heads.plain(request, answer, port);
    }

    /** Whether the answer to GetObjectAttributes is given in plaintext terms. */
    public boolean attributes(GetObjectAttributesRequest request) {
        return heads.active(request);
    }

    /** See {@link ClientSideAttributes#plain}. */
    public CompletionStage<GetObjectAttributesResponse> plain(
            GetObjectAttributesRequest request, GetObjectAttributesResponse answer, ReadPort port) {
        return attributes.plain(request, answer, port);
    }

    /** Listings. */
    public ClientSideListings listings() {
        return listings;
    }
}

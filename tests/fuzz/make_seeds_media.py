#!/usr/bin/env python3
"""Writes the seed corpora of fuzz_dtls, fuzz_rtp, fuzz_sdp and fuzz_tcp_framing.

usage: make_seeds_media.py     (writes to tests/fuzz/corpus beside this file)

All octets are made here, from the layouts in the RFCs; none is from a capture.
"""

import struct

from seeds import write

RANDOM = bytes(range(32))
RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")  # RFC 8446, 4.1.3


def u24(value: int) -> bytes:
    return value.to_bytes(3, "big")


def record(content_type: int, body: bytes, epoch: int = 0, number: int = 0) -> bytes:
    return struct.pack("!BHH", content_type, 0xFEFD, epoch) + number.to_bytes(6, "big") + vector(body)


def vector(body: bytes) -> bytes:
    return struct.pack("!H", len(body)) + body


def fragment(kind: int, message: bytes, seq: int, offset: int = 0, size: int | None = None) -> bytes:
    part = message[offset:] if size is None else message[offset : offset + size]
    return bytes([kind]) + u24(len(message)) + struct.pack("!H", seq) + u24(offset) + u24(len(part)) + part


def extension(number: int, body: bytes) -> bytes:
    return struct.pack("!H", number) + vector(body)


def client_hello(*extensions: bytes, cookie: bytes = b"") -> bytes:
    suites = struct.pack("!3H", 0x1301, 0xC02B, 0xC02F)
    fixed = b"\xfe\xfd" + RANDOM + b"\0" + bytes([len(cookie)]) + cookie + vector(suites) + b"\x01\0"
    return fixed + vector(b"".join(extensions))


def server_hello(random: bytes, *extensions: bytes) -> bytes:
    return b"\xfe\xfd" + random + b"\0\xc0\x2b\0" + vector(b"".join(extensions))


def datagrams(*parts: bytes) -> bytes:
    return b"".join(vector(part) for part in parts)


def dtls_seeds() -> dict[str, bytes]:
    use_srtp = extension(14, vector(struct.pack("!3H", 1, 8, 7)) + b"\0")
    hello = client_hello(extension(10, vector(b"\0\x1d")), use_srtp)
    modern = client_hello(use_srtp, extension(43, b"\x04\xfe\xfc\xfe\xfd"), extension(54, b"\0"))
    answer = server_hello(RANDOM, extension(14, vector(b"\0\x08") + b"\0"))
    leaf = b"\x30\x82" + bytes(60)
    certificate = u24(3 + len(leaf)) + u24(len(leaf)) + leaf
    flight = [fragment(2, answer, 0), fragment(11, certificate, 1, 0, 40), fragment(11, certificate, 1, 30)]
    return {
        "client_hello": datagrams(record(22, fragment(1, hello, 0))),
        "client_hello_13": datagrams(record(22, fragment(1, modern, 0))),
        "client_hello_pieces": datagrams(*[record(22, fragment(1, hello, 0, at, 25)) for at in (75, 0, 50, 25)]),
        "cookie": datagrams(
            record(22, fragment(3, b"\xfe\xff\x04cook", 0)),
            record(22, fragment(1, client_hello(use_srtp, cookie=b"cook"), 1)),
        ),
        "server_flight": datagrams(
            record(22, flight[0]) + record(22, flight[1]), record(22, flight[2] + fragment(14, b"", 2))
        ),
        "retry": datagrams(record(22, fragment(2, server_hello(RETRY_RANDOM, extension(43, b"\xfe\xfc")), 0))),
        "alert": datagrams(record(21, b"\x02\x28"), record(20, b"\x01") + record(22, bytes(40), epoch=1)),
        "unified": datagrams(b"\x2e\0\1\0\2ab\x2f\0\2\0\1c", b"\x3fcid\0\1", b"\x22\1abc"),
        "connection_id": datagrams(record(25, b"ciphertext", epoch=1)),
    }


def rtp(first: int, body: bytes = b"payload") -> bytes:
    return struct.pack("!BBHII", first, 111, 1, 960, 0x12345678) + body


def rtp_seeds() -> dict[str, bytes]:
    one_byte = b"\x10\x80\x22\1\2\3\0\x30" + b"0\0\0\0"
    two_byte = b"\1\1\x80\0\2\0\x10\x05hello\0\0\0"
    return {
        "plain": rtp(0x80),
        "padding": rtp(0xA0, b"\0\0\0\4"),
        "csrc": rtp(0x82, bytes(8) + b"x"),
        "one_byte": rtp(0x90, struct.pack("!HH", 0xBEDE, 3) + one_byte + b"x"),
        "one_byte_reserved": rtp(0x90, struct.pack("!HH", 0xBEDE, 2) + b"\x10\x80\xf0\0\x02abc"),
        "two_byte": rtp(0x90, struct.pack("!HH", 0x1000, 4) + two_byte + b"x"),
        "cryptex": rtp(0x91, bytes(4) + struct.pack("!HH", 0xC0DE, 1) + bytes(4)),
    }


SDP_OFFER = """v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=ice-options:trickle
a=fingerprint:sha-256 0A:0B
a=setup:actpass
m=audio 9 UDP/TLS/RTP/SAVPF 111 63
c=IN IP4 0.0.0.0
a=mid:0
a=ice-ufrag:abcd
a=ice-pwd:0123456789abcdef01234567
a=extmap:1/sendonly urn:ietf:params:rtp-hdrext:sdes:mid
a=sendrecv
a=msid:stream track
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=ssrc:1 cname:c
a=ssrc:1 msid:stream track
m=video 9 UDP/TLS/RTP/SAVPF 96 97
a=mid:1
a=rtpmap:96 VP8/90000
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rid:h send pt=96;max-width=1280
a=simulcast:send h;m;l
a=ssrc-group:FID 2 3
a=candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host generation 0 ufrag abcd
a=candidate:2 1 tcp 1518280447 192.0.2.1 9 typ srflx raddr 10.0.0.1 rport 9 tcptype active
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
a=sctp-port:5000
"""


def sdp_seeds() -> dict[str, bytes]:
    return {
        "offer": SDP_OFFER.replace("\n", "\r\n").encode(),
        "line_feeds": SDP_OFFER.encode(),
        "candidate": b"candidate:3 1 udp 41885439 2001:db8::9 49152 typ relay raddr :: rport 0",
        "rejected": b"v=0\r\nm=audio 0 RTP/AVP 0\r\na=inactive\r\n",
        "bad_port": b"v=0\r\nm=audio 65536 RTP/AVP 0\r\n",
        "empty_values": b"v=0\r\nm=a 1 b\r\na=mid\r\na=ssrc:\r\na=rtpmap: /\r\na=fmtp:9 apt=\r\na=group:BUNDLE\r\n",
    }


def tcp_seeds() -> dict[str, bytes]:
    stun = struct.pack("!HHI", 1, 8, 0x2112A442) + bytes(12) + b"\x80\x28\0\4abcd"
    channel = struct.pack("!HH", 0x4001, 5) + b"hello\0\0\0"
    framed = b"".join(vector(unit) for unit in (stun, rtp(0x80), b"", record(21, b"\x01\0")))
    return {
        "rfc4571": b"\0\0" + framed,
        "rfc4571_cut": b"\0\x06" + bytes([0x03, 0x45, 0x80, 0xC7, 0x10, 0x3F]) + framed,
        "turn": b"\1\0" + stun + channel + stun,
        "turn_cut": b"\1\x05" + bytes([0x07, 0xC0, 0x41, 0x82, 0x3F]) + stun + channel + stun,
        "unfinished": b"\0\0" + vector(stun)[:-1],
    }


def main() -> None:
    corpora = {"dtls": dtls_seeds(), "rtp": rtp_seeds(), "sdp": sdp_seeds(), "tcp_framing": tcp_seeds()}
    for name, seeds in corpora.items():
        write(name, seeds)


if __name__ == "__main__":
    main()

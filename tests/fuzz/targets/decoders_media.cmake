rtcscope_fuzz_target(fuzz_dtls SOURCES fuzz_dtls.cpp LINK rtcscope::decoders_dtls)
rtcscope_fuzz_target(fuzz_rtp SOURCES fuzz_rtp.cpp LINK rtcscope::decoders_rtp)
rtcscope_fuzz_target(fuzz_sdp SOURCES fuzz_sdp.cpp LINK rtcscope::decoders_sdp)

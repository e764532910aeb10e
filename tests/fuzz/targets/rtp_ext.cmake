rtcscope_fuzz_target(fuzz_rtp_ext SOURCES fuzz_rtp_ext.cpp LINK rtcscope::decoders_rtp)

rtcscope_fuzz_target(fuzz_srtcp SOURCES fuzz_srtcp.cpp LINK rtcscope::decoders_srtp PkgConfig::SRTP)

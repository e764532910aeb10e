rtcscope_fuzz_target(fuzz_rtcp SOURCES fuzz_rtcp.cpp LINK rtcscope::decoders_rtcp)

rtcscope_fuzz_target(fuzz_tcp_framing SOURCES fuzz_tcp_framing.cpp LINK rtcscope::flows)

rtcscope_fuzz_target(fuzz_header_ring SOURCES fuzz_header_ring.cpp LINK rtcscope::ring)

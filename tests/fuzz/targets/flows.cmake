rtcscope_fuzz_target(fuzz_tcp_framing SOURCES fuzz_tcp_framing.cpp LINK rtcscope::flows)
rtcscope_fuzz_target(fuzz_packet_path SOURCES fuzz_packet_path.cpp LINK rtcscope::flows ZLIB::ZLIB)

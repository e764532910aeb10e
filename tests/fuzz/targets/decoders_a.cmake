rtcscope_fuzz_target(fuzz_link SOURCES fuzz_link.cpp LINK rtcscope::decoders_link)
rtcscope_fuzz_target(fuzz_demux SOURCES fuzz_demux.cpp
  LINK rtcscope::decoders_demux rtcscope::decoders_stun)
rtcscope_fuzz_target(fuzz_stun SOURCES fuzz_stun.cpp LINK rtcscope::decoders_stun)
rtcscope_fuzz_target(fuzz_turn SOURCES fuzz_turn.cpp LINK rtcscope::decoders_turn)

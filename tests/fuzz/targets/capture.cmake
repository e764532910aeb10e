rtcscope_fuzz_target(fuzz_capture_file SOURCES fuzz_capture_file.cpp LINK rtcscope::capture)

"""Tests of tools/check_layers.py on small trees."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / "tools" / "check_layers.py"

TABLE = """# Layers
<!-- layers:begin -->
| folder | may include |
|---|---|
| base | |
| decoders | base |
| feeds | base, decoders/sdp |
| store | base, feeds/facts.hpp |
<!-- layers:end -->
| base | store |
"""


class CheckLayers(unittest.TestCase):
    def check(self, files: dict[str, str], table: str = TABLE) -> subprocess.CompletedProcess:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {"docs/ARCHITECTURE.md": table, **files}.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return subprocess.run([sys.executable, TOOL, folder], capture_output=True, text=True, check=False)

    def assert_fault(self, name: str, text: str, said: str):
        result = self.check({name: text})
        self.assertEqual((result.returncode, result.stdout), (1, said + "\n"))

    def test_silent_on_what_the_table_allows(self):
        result = self.check({
            "base/a.hpp": '#include <string>\n#include "base/b.h"\n',
            "decoders/sdp/sdp.cpp": '#include "base/a.hpp"\n#include "decoders/sdp/sdp.hpp"\n',
            "feeds/janus/x.cpp": '#include "decoders/sdp/sdp.hpp"\n',
            "store/s.cpp": '#include "feeds/facts.hpp"\n',
            "store/CMakeLists.txt": "target_link_libraries(s PUBLIC rtcscope::base rtcscope::feeds rtcscope::warnings)\n",
            "feeds/CMakeLists.txt": "target_link_libraries(f rtcscope::decoders_sdp rtcscope::feeds_janus)\n",
            "tests/t.cpp": '#include "store/s.hpp"\n',
            "build/dev/x.cpp": '#include "store/s.hpp"\n',
        })
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_include_of_a_later_stage(self):
        self.assert_fault("base/a.cpp", '// why\n  #  include "store/s.hpp"\n',
                          'base/a.cpp:2: #include "store/s.hpp": base may include nothing and itself')

    def test_include_beside_the_narrow_entry(self):
        self.assert_fault("feeds/f.hpp", '#include "decoders/sdp2/x.hpp"\n',
                          'feeds/f.hpp:1: #include "decoders/sdp2/x.hpp": feeds may include base, decoders/sdp and itself')
        self.assert_fault("store/bpf/s.h", '#include "feeds/other.hpp"\n',
                          'store/bpf/s.h:1: #include "feeds/other.hpp": store may include base, feeds/facts.hpp and itself')

    def test_include_that_does_not_start_at_the_root(self):
        self.assert_fault("base/a.c", '#include "../store/s.hpp"\n',
                          'base/a.c:1: #include "../store/s.hpp": base may include nothing and itself')

    def test_link_of_a_later_stage(self):
        self.assert_fault("decoders/CMakeLists.txt", "# rtcscope::store\ntarget_link_libraries(d\n  PUBLIC rtcscope::feeds_janus)\n",
                          "decoders/CMakeLists.txt:3: links rtcscope::feeds_janus: decoders may include base and itself")
        self.assert_fault("feeds/CMakeLists.txt", "target_link_libraries(f rtcscope::decoders_rtp)\n",
                          "feeds/CMakeLists.txt:1: links rtcscope::decoders_rtp: feeds may include base, decoders/sdp and itself")

    def test_folder_without_a_row(self):
        self.assert_fault("bus/b.cpp", "", "bus/b.cpp:1: folder bus is not in the table of docs/ARCHITECTURE.md")

    def test_no_table_is_not_a_pass(self):
        self.assertEqual(self.check({}, "# Layers\n").returncode, 2)
        self.assertEqual(self.check({}, "<!-- layers:begin -->\n<!-- layers:end -->\n").returncode, 2)


if __name__ == "__main__":
    unittest.main()

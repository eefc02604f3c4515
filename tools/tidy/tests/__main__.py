"""Runs every test_*.py beside this file. With GTEST_OUTPUT=json:FILE it leaves its cases there in GoogleTest's form."""
import json
import os
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]


class Recorder(unittest.TextTestResult):
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.cases = []

    def stopTest(self, test):
        super().stopTest(test)
        broken = any(test is failed for failed, _ in self.failures + self.errors)
        self.cases.append({"name": test.id(), "status": "RUN", **({"failures": [{}]} if broken else {})})


def main():
    suite = unittest.defaultTestLoader.discover(str(HERE))
    result = unittest.TextTestRunner(resultclass=Recorder, verbosity=1).run(suite)
    report = os.environ.get("GTEST_OUTPUT", "").removeprefix("json:")
    if report:
        Path(report).write_text(json.dumps({"testsuites": [{"name": "tidy", "testsuite": result.cases}]}))
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())

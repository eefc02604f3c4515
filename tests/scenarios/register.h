// Tests that are made of files.
#pragma once

namespace baton::scenario {

/// Makes a test of every scenario; once, before the tests run.
void register_scenarios();

}  // namespace baton::scenario

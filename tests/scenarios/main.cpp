// Scenarios become tests at the start of main: the playbooks they need are read by code with statics of its own.
#include <gtest/gtest.h>

#include "register.h"

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    baton::scenario::register_scenarios();
    return RUN_ALL_TESTS();
}

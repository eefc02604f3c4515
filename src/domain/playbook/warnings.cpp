// What a playbook may say but hardly means.
#include "domain/playbook/compiler.h"

namespace baton::playbook {

void Compiler::warnings() {}

}  // namespace baton::playbook

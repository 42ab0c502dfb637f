/* SPDX-License-Identifier: Apache-2.0 */
/* No request target becomes a path that leads out of the root. */
#include "../../src/server/target.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[256];
    char *target = malloc(size + 1);
    if (!target)
        return 0;
    if (size)
        memcpy(target, data, size);
    target[size] = '\0';
    unsigned status = target_decode(target, path, sizeof(path));
    if (status != 200 && status != 400 && status != 404)
        abort();
    if (status == 200 &&
        (path[0] == '/' || path[0] == '.' || strstr(path, "/.")))
        abort();
    free(target);
    return 0;
}

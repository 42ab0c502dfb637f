/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware_file.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

bool firmware_file_open(struct firmware_file *file, const char *path)
{
    struct stat status;
    void *data = MAP_FAILED;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &status) == 0 && status.st_size > 0)
        data =
            mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        close(fd);
    if (data == MAP_FAILED) {
        perror(path);
        return false;
    }
    *file = (struct firmware_file){data, (size_t)status.st_size};
    return true;
}

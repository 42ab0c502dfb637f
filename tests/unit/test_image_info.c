/* SPDX-License-Identifier: Apache-2.0 */
/* What esptool 2.4.0 and 5.3.1 print of an image is what the parsers find:
 * tests/data/image_info.json, for inputs by name. */
#include "cmocka_all.h"
#include "input.h"
#include "otatool/image.h"
#include <string.h>

static json_t *load(const char *path)
{
    json_error_t failure;
    json_t *value = json_load_file(path, 0, &failure);
    if (!value)
        fail_msg("%s: %s", path, failure.text);
    return value;
}

static void check_segment(const struct ota_image_segment *found,
                          uint32_t offset, const json_t *wanted)
{
    assert_int_equal(found->address, spec_element(wanted, 0));
    assert_int_equal(found->size, spec_element(wanted, 1));
    assert_int_equal(found->offset + offset, spec_element(wanted, 2));
}

static void check_image(const struct ota_image *image, const json_t *row,
                        size_t first)
{
    const json_t *segments = json_object_get(row, "segments");
    assert_int_equal(image->entry, spec_number(row, "entry", 0));
    assert_int_equal(image->segment_count, json_array_size(segments) - first);
    for (size_t i = 0; i < image->segment_count; i++)
        check_segment(&image->segments[i], image->offset,
                      json_array_get(segments, first + i));
    assert_int_equal(image->checksum, spec_number(row, "checksum", 0));
    assert_int_equal(image->checksum == image->checksum_actual,
                     json_is_true(json_object_get(row, "checksum_ok")));
}

/* The reference counts irom as the first of a container's segments. */
static void check_container(const struct ota_container *container,
                            const json_t *row)
{
    const struct ota_image_segment irom = {
        .offset = container->irom_offset,
        .size = container->irom_size,
    };
    const json_t *wanted = json_array_get(json_object_get(row, "segments"), 0);
    assert_int_equal(irom.size, spec_element(wanted, 1));
    assert_int_equal(irom.offset, spec_element(wanted, 2));
    check_image(&container->image, row, 1);
}

static void check_row(const struct input_set *inputs, const json_t *row)
{
    struct ota_image image;
    struct ota_container container;
    struct blob blob = input_named(inputs, spec_text(row, "input", ""));
    struct ota_source source = ota_source_memory(blob.data, blob.size);
    bool is_container =
        blob.size > 0 && blob.data[0] == OTA_IMAGE_CONTAINER_MAGIC;
    bool ok = is_container ? ota_container_parse(&container, &source, NULL)
                           : ota_image_parse(&image, &source, 0, NULL);
    assert_int_equal(ok, json_is_true(json_object_get(row, "readable")));
    if (ok && is_container)
        check_container(&container, row);
    else if (ok)
        check_image(&image, row, 0);
    blob_release(&blob);
}

static void images_read_as_the_reference_reads_them(void **state)
{
    (void)state;
    struct input_set inputs = {.specs = load(INPUTS_JSON)};
    json_t *rows = load(IMAGE_INFO_JSON);
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        print_message("%s\n", spec_text(row, "input", ""));
        check_row(&inputs, row);
    }
    assert_true(i > 0);
    json_decref(rows);
    json_decref(inputs.specs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_read_as_the_reference_reads_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

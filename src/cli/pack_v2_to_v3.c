/* SPDX-License-Identifier: Apache-2.0 */
/* otatool pack --kind v2_to_v3: parts in, a judged pack out. */
#include "otatool/build_dir.h"
#include "otatool/file.h"
#include "otatool/pack_file.h"
#include "otatool/report.h"
#include "pack.h"
#include "pack_bootloader.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A file to pack, loaded. */
struct input {
    uint32_t address;
    const char *path;
    struct ota_file file;
};

struct inputs {
    struct input items[OTA_PACK_MAX_PARTS];
    size_t count;
    size_t app;        /* which of them */
    size_t bootloader; /* with --bootloader: which of them */
    char bootloader_path[PATH_MAX];
    const char *folder; /* the build folder, or NULL */
    struct ota_build_dir build;
};

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* otadata stays out: devices keep a blank one, as the reference does it. */
static bool is_left_out(const char *path)
{
    return strcmp(file_name(path), "ota_data_initial.bin") == 0;
}

static bool add_input(struct inputs *inputs, uint32_t address, const char *path)
{
    if (is_left_out(path))
        return true;
    if (inputs->count == OTA_PACK_MAX_PARTS)
        return false;
    inputs->items[inputs->count++] =
        (struct input){.address = address, .path = path};
    return true;
}

static void take_pairs(struct inputs *inputs,
                       const struct pack_options *options)
{
    if (options->argument_count == 1)
        command_usage("pack",
                      "'%s' is no build folder, and parts are ADDR "
                      "FILE",
                      options->arguments[0]);
    if (options->argument_count % 2)
        command_usage("pack",
                      "'%s' stands without its partner: each part is "
                      "ADDR FILE",
                      options->arguments[options->argument_count - 1]);
    for (int i = 0; i < options->argument_count; i += 2) {
        uint32_t address;
        if (!command_number(options->arguments[i], &address))
            command_usage("pack", "'%s' is not an address",
                          options->arguments[i]);
        if (!add_input(inputs, address, options->arguments[i + 1]))
            command_usage("pack", "too many parts, at most %d",
                          OTA_PACK_MAX_PARTS);
    }
    if (inputs->count == 0)
        command_usage("pack", "nothing is left to pack");
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool take_folder(struct inputs *inputs,
                        const struct pack_options *options,
                        struct ota_error *err)
{
    struct ota_build_dir *build = &inputs->build;
    inputs->folder = options->arguments[0];
    if (!ota_build_dir_read(build, inputs->folder, options->app, err))
        return false;
    for (size_t i = 0; i < build->count; i++)
        if (!add_input(inputs, build->files[i].address, build->files[i].path))
            return ota_fail(err, OTA_E_BUILD_DIR, .subject = inputs->folder);
    return true;
}

/* Among the parts of a build it takes the place of the bootloader. */
static bool take_bootloader(struct inputs *inputs,
                            const struct pack_options *options,
                            struct ota_error *err)
{
    size_t place = 0;
    if (!options->bootloader)
        return true;
    while (place < inputs->count &&
           inputs->items[place].address > OTA_PACK_BASE)
        place++;
    if (place < inputs->count && !inputs->folder)
        command_usage("pack",
                      "'%s' and --bootloader are one bootloader too "
                      "many",
                      inputs->items[place].path);
    if (place == OTA_PACK_MAX_PARTS)
        command_usage("pack", "too many parts, at most %d", OTA_PACK_MAX_PARTS);
    if (place == inputs->count)
        inputs->count++;
    inputs->bootloader = place;
    inputs->items[place] = (struct input){.path = inputs->bootloader_path};
    return pack_bootloader_find(inputs->bootloader_path, options->bootloader,
                                options->firmware, err);
}

/* Not a substring anywhere: a name is the whole name. */
static bool is_named(const char *path, const char *name)
{
    return strcmp(path, name) == 0 || strcmp(file_name(path), name) == 0;
}

static bool find_app(struct inputs *inputs, const char *name,
                     struct ota_error *err)
{
    size_t matches = 0;
    if (!name)
        name = inputs->build.app;
    for (size_t i = 0; i < inputs->count; i++) {
        if (name && is_named(inputs->items[i].path, name)) {
            inputs->app = i;
            matches++;
        } else if (!name && inputs->items[i].address >=
                                inputs->items[inputs->app].address) {
            inputs->app = i;
        }
    }
    if (!name || matches == 1)
        return true;
    return ota_fail(err, OTA_E_APP_NAME, .subject = name,
                    .detail = matches ? "several parts have this name"
                                      : "no part has this name");
}

static bool load_inputs(struct inputs *inputs,
                        const struct pack_options *options,
                        struct ota_error *err)
{
    for (size_t i = 0; i < inputs->count; i++) {
        struct input *input = &inputs->items[i];
        if (!ota_file_load(&input->file, input->path, OTA_FILE_CEILING, err))
            return false;
        if (input->file.size == 0 && !options->no_verify)
            return ota_fail(err, OTA_E_FILE_EMPTY, .subject = input->path);
    }
    if (pack_bootloader_is_own(options->bootloader))
        pack_bootloader_adopt(&inputs->items[inputs->bootloader].file,
                              &inputs->items[inputs->app].file);
    return true;
}

static void release_inputs(struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        ota_file_release(&inputs->items[i].file);
}

/* The name of the result: beside the build, or in the current folder. */
static void output_path(char path[PATH_MAX], const struct inputs *inputs,
                        const struct pack_options *options, const char *variant)
{
    char name[NAME_MAX + 1];
    const char *app = file_name(inputs->items[inputs->app].path);
    size_t stem = strlen(app);
    if (stem > 4 && strcmp(app + stem - 4, ".bin") == 0)
        stem -= 4;
    snprintf(name, sizeof(name), "%.*s.v2_to_v3.ota.bin",
             (int)(stem < 200 ? stem : 200), app);
    const char *given = options->output ? options->output : name;
    const char *base = file_name(given);
    const char *folder =
        !options->output && inputs->folder ? inputs->folder : NULL;
    snprintf(path, PATH_MAX, "%.*s%s%s%s%s", (int)(base - given), given,
             folder ? folder : "", folder ? "/" : "", variant, base);
}

static bool output_is_free(const char *path, const struct inputs *inputs,
                           struct ota_error *err)
{
    for (size_t i = 0; i < inputs->count; i++)
        if (!ota_file_differ(path, inputs->items[i].path, err))
            return false;
    return true;
}

/* The pack of one variant, being made. */
struct product {
    uint8_t slot; /* 1, 2, or 0: not stamped */
    char path[PATH_MAX];
    uint8_t *data;
    size_t size;
    uint8_t *stamped; /* the bootloader, when stamped */
    uint32_t base;
    struct ota_pack pack;
    struct judgement judgement;
};

static void release_product(struct product *product)
{
    free(product->data);
    free(product->stamped);
}

static bool stamp(struct product *product, struct ota_pack_part *part,
                  struct ota_error *err)
{
    enum { GROWTH = 64 };
    uint8_t *scratch = malloc(part->size + 1);
    product->stamped = malloc(part->size + GROWTH);
    bool ok = false;
    if (!scratch || !product->stamped) {
        ota_fail(err, OTA_E_MEMORY, .subject = part->name);
    } else {
        struct ota_pack_stamped out = {product->stamped, part->size + GROWTH,
                                       0};
        memcpy(scratch, part->data, part->size);
        ok = ota_pack_stamp_bootloader(scratch, part->size, product->slot, &out,
                                       err);
        part->data = product->stamped;
        part->size = out.size;
    }
    free(scratch);
    if (!ok)
        err->subject = part->name;
    return ok;
}

static bool build_pack(struct product *product, const struct inputs *inputs,
                       struct ota_error *err)
{
    struct ota_pack_part parts[OTA_PACK_MAX_PARTS];
    size_t app = inputs->app;
    for (size_t i = 0; i < inputs->count; i++) {
        const struct input *input = &inputs->items[i];
        parts[i] =
            (struct ota_pack_part){input->address, input->file.data,
                                   (uint32_t)input->file.size, input->path};
        if (product->slot && input->address <= OTA_PACK_BASE && i != app &&
            !stamp(product, &parts[i], err))
            return false;
    }
    if (!ota_pack_arrange(parts, inputs->count, &app, err))
        return false;
    uint64_t size = ota_pack_size(parts, inputs->count);
    if (size > OTA_FILE_CEILING)
        return ota_fail(err, OTA_E_FILE_TOO_LARGE, .subject = product->path,
                        .expected = OTA_FILE_CEILING, .actual = size);
    product->size = (size_t)size;
    product->base = parts[0].address;
    product->data = malloc(product->size);
    if (!product->data)
        return ota_fail(err, OTA_E_MEMORY, .subject = product->path);
    ota_pack_build(parts, inputs->count, product->data);
    ota_pack_file_seal(product->data, product->size);
    return true;
}

static bool make_product(struct product *product, const struct inputs *inputs,
                         const struct pack_options *options,
                         struct ota_error *err)
{
    struct judge_options judge = options->judge;
    if (!judge.table_offset)
        judge.table_offset = inputs->build.table_offset;
    if (!output_is_free(product->path, inputs, err) ||
        !build_pack(product, inputs, err) ||
        !ota_pack_file_read(&product->pack, product->data, product->size, err))
        return false;
    struct ota_error shifted = {.code = OTA_E_PACK_BASE,
                                .subject = product->path,
                                .expected = OTA_PACK_BASE,
                                .actual = product->base};
    /* Nothing is at its place then, so other findings would mislead. */
    if (product->base != OTA_PACK_BASE && !options->no_verify)
        return ota_error_set(err, shifted);
    judge_pack(&product->judgement, &product->pack, &judge, product->path);
    if (product->base != OTA_PACK_BASE)
        judge_add(&product->judgement, OTA_REFUSE, shifted);
    return true;
}

static int refuse(const struct product *product,
                  const struct pack_options *options)
{
    judge_print_refusals(&product->judgement, stderr, "otatool");
    if (!options->common.quiet && !options->common.json)
        judge_print(&product->judgement, stdout);
    if (options->common.json)
        command_json(judge_json(&product->judgement), 0);
    fputs("otatool: nothing was written; --no-verify packs it all the same\n",
          stderr);
    return EXIT_REFUSED;
}

static void tell(const struct product *product,
                 const struct pack_options *options)
{
    if (options->no_verify)
        judge_print_refusals(&product->judgement, stderr, "overridden");
    if (options->common.quiet || options->common.json)
        return;
    ota_report_name(stdout, product->path);
    printf(": v2_to_v3 pack, %zu bytes\n", product->size);
    if (product->slot)
        printf("  stamped for user%u, unlike the reference tool's: byte 3 "
               "and three segments, for clients that look\n",
               product->slot);
    judge_print(&product->judgement, stdout);
}

static json_t *product_json(const struct product *product)
{
    json_t *object = judge_json(&product->judgement);
    json_object_set_new(object, "output", ota_report_text(product->path));
    return object;
}

static int save(struct product *products, size_t count,
                const struct pack_options *options)
{
    struct ota_error err;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (!ota_file_save(products[i].path, products[i].data, products[i].size,
                           &err)) {
            json_decref(list);
            return command_fail(&options->common, &err);
        }
        tell(&products[i], options);
        json_array_append_new(list, product_json(&products[i]));
    }
    if (options->common.json)
        return command_json(json_pack("{s:b, s:o}", "ok", 1, "packs", list),
                            EXIT_DONE);
    json_decref(list);
    return EXIT_DONE;
}

/* All variants are made and judged before the first is written. */
static int make_all(const struct inputs *inputs,
                    const struct pack_options *options,
                    struct product *products, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct ota_error err;
        if (!make_product(&products[i], inputs, options, &err))
            return command_fail(&options->common, &err);
        if (!products[i].judgement.is_usable && !options->no_verify)
            return refuse(&products[i], options);
    }
    return save(products, count, options);
}

static size_t plan_products(struct product *products,
                            const struct inputs *inputs,
                            const struct pack_options *options)
{
    static const char *const prefixes[] = {"", "user1.", "user2."};
    bool both = options->slot == SLOT_BOTH;
    size_t count = both ? 2 : 1;
    for (size_t i = 0; i < count; i++) {
        uint8_t slot = (uint8_t)(both ? i + 1 : (size_t)options->slot);
        products[i].slot = slot;
        output_path(products[i].path, inputs, options,
                    both || (slot && !options->output) ? prefixes[slot] : "");
    }
    return count;
}

int pack_v2_to_v3(const struct pack_options *options)
{
    struct ota_error err;
    struct inputs *inputs = calloc(1, sizeof(*inputs));
    struct product *products = calloc(2, sizeof(*products));
    int status = EXIT_REFUSED;
    if (!inputs || !products)
        abort();
    bool ok = true;
    if (options->argument_count == 1 && is_folder(options->arguments[0]))
        ok = take_folder(inputs, options, &err);
    else
        take_pairs(inputs, options);
    if (ok && take_bootloader(inputs, options, &err) &&
        find_app(inputs, options->app, &err) &&
        load_inputs(inputs, options, &err)) {
        size_t count = plan_products(products, inputs, options);
        status = make_all(inputs, options, products, count);
    } else {
        command_fail(&options->common, &err);
    }
    release_product(&products[0]);
    release_product(&products[1]);
    release_inputs(inputs);
    free(products);
    free(inputs);
    return status;
}

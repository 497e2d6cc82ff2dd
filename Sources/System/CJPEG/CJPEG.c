#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf escape;
  char *message;
} error_context;

static void fail(j_common_ptr common) {
  error_context *context = (error_context *)common->err;
  char text[JMSG_LENGTH_MAX];
  (*common->err->format_message)(common, text);
  snprintf(context->message, CJPEG_MESSAGE_LENGTH, "%s", text);
  longjmp(context->escape, 1);
}

static void note(j_common_ptr common, int level) {
  // Of the warnings only missing data is an error; libjpeg would paint it grey.
  int code = common->err->msg_code;
  if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER)) fail(common);
}

static void keep_silent(j_common_ptr common) { (void)common; }

static void prepare(
    struct jpeg_decompress_struct *decoder, error_context *context, char *message) {
  memset(decoder, 0, sizeof *decoder);
  message[0] = '\0';
  context->message = message;
  decoder->err = jpeg_std_error(&context->manager);
  context->manager.error_exit = fail;
  context->manager.emit_message = note;
  context->manager.output_message = keep_silent;
}

int cjpeg_read_info(
    const unsigned char *data, size_t count, cjpeg_info *info, char message[CJPEG_MESSAGE_LENGTH]) {
  struct jpeg_decompress_struct decoder;
  error_context context;
  prepare(&decoder, &context, message);
  if (setjmp(context.escape)) {
    jpeg_destroy_decompress(&decoder);
    return 0;
  }
  jpeg_create_decompress(&decoder);
  jpeg_mem_src(&decoder, data, count);
  jpeg_read_header(&decoder, TRUE);
  info->width = decoder.image_width;
  info->height = decoder.image_height;
  info->components = decoder.num_components;
  jpeg_destroy_decompress(&decoder);
  return 1;
}

int cjpeg_decode_rgb(
    const unsigned char *data, size_t count, unsigned int width, unsigned int height,
    unsigned char *pixels, char message[CJPEG_MESSAGE_LENGTH]) {
  struct jpeg_decompress_struct decoder;
  error_context context;
  prepare(&decoder, &context, message);
  if (setjmp(context.escape)) {
    jpeg_destroy_decompress(&decoder);
    return 0;
  }
  jpeg_create_decompress(&decoder);
  jpeg_mem_src(&decoder, data, count);
  jpeg_read_header(&decoder, TRUE);
  decoder.out_color_space = JCS_RGB;
  jpeg_start_decompress(&decoder);
  if (decoder.output_width != width || decoder.output_height != height ||
      decoder.output_components != 3) {
    snprintf(message, CJPEG_MESSAGE_LENGTH, "unexpected size");
    jpeg_destroy_decompress(&decoder);
    return 0;
  }
  while (decoder.output_scanline < height) {
    JSAMPROW row = pixels + (size_t)decoder.output_scanline * width * 3;
    jpeg_read_scanlines(&decoder, &row, 1);
  }
  jpeg_finish_decompress(&decoder);
  jpeg_destroy_decompress(&decoder);
  return 1;
}

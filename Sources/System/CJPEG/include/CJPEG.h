#ifndef CJPEG_H
#define CJPEG_H

#include <stddef.h>

// Wrapper of libjpeg-turbo. Reason: libjpeg reports errors by longjmp and writes to stderr, and Swift
// may be neither jumped over nor told of errors that way.

#define CJPEG_MESSAGE_LENGTH 256

typedef struct {
  unsigned int width;
  unsigned int height;
  // 1: grey, 3: colour, 4: CMYK or YCCK, which cjpeg_decode_rgb refuses.
  int components;
} cjpeg_info;

// Both return 1, or 0 with a message that ends in '\0'.
int cjpeg_read_info(
    const unsigned char *data, size_t count, cjpeg_info *info, char message[CJPEG_MESSAGE_LENGTH]);

// Writes height rows of width RGB triples into pixels. A file that ends early is an error.
int cjpeg_decode_rgb(
    const unsigned char *data, size_t count, unsigned int width, unsigned int height,
    unsigned char *pixels, char message[CJPEG_MESSAGE_LENGTH]);

#endif

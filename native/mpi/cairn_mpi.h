/* C ABI of libcairn_mpi: what the ranks of a gang need of the site's MPI, and no more.
 *
 * Every function that returns int32_t answers 0, or one of the CAIRN_MPI_* codes; cairn_mpi_last_error() then tells why. MPI's errors are
 * returned, never fatal, except those of its own start. One thread calls at a time; the one that initialised also finalizes. */
#pragma once
#include <stdint.h>

#define CAIRN_MPI_API __attribute__((visibility("default")))
#define CAIRN_MPI_ABI 2

/* MPI reported an error. */
#define CAIRN_MPI_FAILED 1
/* A message had another length than was expected of it. */
#define CAIRN_MPI_LENGTH 2
/* Called before cairn_mpi_init or after cairn_mpi_finalize. */
#define CAIRN_MPI_NOT_READY 3

CAIRN_MPI_API int32_t cairn_mpi_abi(void);
/* The message of this thread's last failure; valid until its next one. */
CAIRN_MPI_API const char* cairn_mpi_last_error(void);
/* Name and version of the MPI library; may be called before cairn_mpi_init. Called with no room it tells the length. */
CAIRN_MPI_API int32_t cairn_mpi_library(char* text, int64_t capacity, int64_t* needed);

/* Thread levels: 0 single, 1 funneled, 2 serialized, 3 multiple. */
CAIRN_MPI_API int32_t cairn_mpi_init(int32_t wanted, int32_t* granted);
CAIRN_MPI_API int32_t cairn_mpi_finalize(void);
CAIRN_MPI_API int32_t cairn_mpi_rank(int32_t* rank);
CAIRN_MPI_API int32_t cairn_mpi_size(int32_t* size);

/* Collective over the ring of all ranks: sends to both neighbours and receives just as many bytes as are said from both. */
CAIRN_MPI_API int32_t cairn_mpi_exchange(const void* to_previous, int32_t to_previous_bytes, void* from_previous,
                                         int32_t from_previous_bytes, const void* to_next, int32_t to_next_bytes, void* from_next,
                                         int32_t from_next_bytes);
/* What one rank exchanges with another: ranges of the bytes that go out, and of the room for those that come in. */
typedef struct {
  int32_t rank, out_start, out_bytes, in_start, in_bytes;
} cairn_mpi_peer;
/* Collective: sends to each of the peers, which are different other ranks, and receives just as many bytes as are said from each; every
 * rank that names another is named by it in the same call. */
CAIRN_MPI_API int32_t cairn_mpi_exchange_peers(const cairn_mpi_peer* peers, int32_t count, const char* outgoing, char* incoming);
/* Collective: rank 0 gets the parts of all ranks one behind the other; whole and bytes (one count a rank) are read there only. */
CAIRN_MPI_API int32_t cairn_mpi_gather(const void* part, int32_t part_bytes, void* whole, const int32_t* bytes);
/* Ends all ranks; does not return. */
CAIRN_MPI_API void cairn_mpi_abort(int32_t exit_code);

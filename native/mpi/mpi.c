#include "cairn_mpi.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tags tell the two directions apart where both neighbours are the same rank. */
enum { TAG_DOWN = 1, TAG_UP = 2, TAG_GATHER = 3, TAG_PEER = 4 };

static _Thread_local char last_error[1024];

/* MPI itself is one for the process, and so is this. */
static struct {
  MPI_Comm comm; /* a duplicate, so that no other library's messages are met */
  int rank, size;
  MPI_Request* requests; /* room for a gather, or an exchange with all */
} gang = {MPI_COMM_NULL, 0, 0, NULL};

static int32_t not_ready(const char* call) {
  snprintf(last_error, sizeof last_error, "%s was called before MPI was initialised, or after it was finalized.", call);
  return CAIRN_MPI_NOT_READY;
}

static int32_t failed(const char* call, int code) {
  char text[MPI_MAX_ERROR_STRING];
  int length = 0;
  if (MPI_Error_string(code, text, &length) != MPI_SUCCESS) {
    snprintf(text, sizeof text, "error %d", code);
  }
  snprintf(last_error, sizeof last_error, "%s: %s", call, text);
  return CAIRN_MPI_FAILED;
}

static int32_t wrong_length(int from, int expected) {
  snprintf(last_error, sizeof last_error, "Rank %d sent another number of bytes than the %d that rank %d expected", from, expected,
           gang.rank);
  return CAIRN_MPI_LENGTH;
}

/* Nothing may write into the caller's memory once a call has failed. The first requests are receives. */
static void give_up(int count, int receives) {
  for (int i = 0; i < count; ++i) {
    if (gang.requests[i] != MPI_REQUEST_NULL) {
      if (i < receives) {
        MPI_Cancel(&gang.requests[i]);
      }
      MPI_Request_free(&gang.requests[i]);
    }
  }
}

CAIRN_MPI_API int32_t cairn_mpi_abi(void) {
  return CAIRN_MPI_ABI;
}

CAIRN_MPI_API const char* cairn_mpi_last_error(void) {
  return last_error;
}

CAIRN_MPI_API int32_t cairn_mpi_library(char* text, int64_t capacity, int64_t* needed) {
  char version[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  int code = MPI_Get_library_version(version, &length);
  if (code != MPI_SUCCESS) {
    return failed("MPI_Get_library_version", code);
  }
  length = (int)strnlen(version, (size_t)length);
  *needed = length;
  if (text != NULL && capacity > length) {
    memcpy(text, version, (size_t)length);
    text[length] = '\0';
  }
  return 0;
}

static int32_t join(void) {
  int code = MPI_Comm_dup(MPI_COMM_WORLD, &gang.comm);
  if (code != MPI_SUCCESS) {
    return failed("MPI_Comm_dup", code);
  }
  MPI_Comm_set_errhandler(gang.comm, MPI_ERRORS_RETURN);
  MPI_Comm_rank(gang.comm, &gang.rank);
  MPI_Comm_size(gang.comm, &gang.size);
  size_t most = gang.size > 2 ? 2 * (size_t)gang.size : 4;
  gang.requests = calloc(most, sizeof *gang.requests);
  if (gang.requests == NULL) {
    snprintf(last_error, sizeof last_error, "The host is out of memory.");
    return CAIRN_MPI_FAILED;
  }
  return 0;
}

CAIRN_MPI_API int32_t cairn_mpi_init(int32_t wanted, int32_t* granted) {
  static const int levels[] = {MPI_THREAD_SINGLE, MPI_THREAD_FUNNELED, MPI_THREAD_SERIALIZED, MPI_THREAD_MULTIPLE};
  if (wanted < 0 || wanted > 3) {
    snprintf(last_error, sizeof last_error, "Thread level %d is unknown; expected 0 to 3.", wanted);
    return CAIRN_MPI_FAILED;
  }
  int ready = 0;
  MPI_Initialized(&ready);
  if (ready) {
    snprintf(last_error, sizeof last_error, "MPI was initialised in this process before, and a process can do that once.");
    return CAIRN_MPI_FAILED;
  }
  int given = MPI_THREAD_SINGLE;
  int code = MPI_Init_thread(NULL, NULL, levels[wanted], &given);
  if (code != MPI_SUCCESS) {
    return failed("MPI_Init_thread", code);
  }
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  *granted = given == MPI_THREAD_MULTIPLE ? 3 : given == MPI_THREAD_SERIALIZED ? 2 : given == MPI_THREAD_FUNNELED ? 1 : 0;
  return join();
}

CAIRN_MPI_API int32_t cairn_mpi_finalize(void) {
  if (gang.comm == MPI_COMM_NULL) {
    return not_ready("cairn_mpi_finalize");
  }
  MPI_Comm_free(&gang.comm);
  gang.comm = MPI_COMM_NULL;
  free(gang.requests);
  gang.requests = NULL;
  int code = MPI_Finalize();
  return code == MPI_SUCCESS ? 0 : failed("MPI_Finalize", code);
}

CAIRN_MPI_API int32_t cairn_mpi_rank(int32_t* rank) {
  *rank = gang.rank;
  return gang.comm == MPI_COMM_NULL ? not_ready("cairn_mpi_rank") : 0;
}

CAIRN_MPI_API int32_t cairn_mpi_size(int32_t* size) {
  *size = gang.size;
  return gang.comm == MPI_COMM_NULL ? not_ready("cairn_mpi_size") : 0;
}

/* Waits for a receive, and checks its length. */
static int32_t receive(MPI_Request* request, int from, int32_t expected, const char* call) {
  MPI_Status status;
  int code = MPI_Wait(request, &status);
  if (code != MPI_SUCCESS) {
    int class = MPI_ERR_UNKNOWN;
    MPI_Error_class(code, &class);
    return class == MPI_ERR_TRUNCATE ? wrong_length(from, expected) : failed(call, code);
  }
  int count = 0;
  MPI_Get_count(&status, MPI_BYTE, &count);
  return count == expected ? 0 : wrong_length(from, expected);
}

static int32_t wait_for(MPI_Request* request, const char* call) {
  int code = MPI_Wait(request, MPI_STATUS_IGNORE);
  return code == MPI_SUCCESS ? 0 : failed(call, code);
}

/* Not MPI_Waitall: that of Open MPI 4.1.4 may spin for ever once a message was longer than its room. One wait drives all requests. */
static int32_t wait_all(int count, int receives, const int* from, const int32_t* expected, const char* call) {
  int32_t result = 0;
  for (int i = 0; i < count && result == 0; ++i) {
    result = i < receives ? receive(&gang.requests[i], from[i], expected[i], call) : wait_for(&gang.requests[i], call);
  }
  if (result != 0) {
    give_up(count, receives);
  }
  return result;
}

CAIRN_MPI_API int32_t cairn_mpi_exchange(const void* to_previous, int32_t to_previous_bytes, void* from_previous,
                                         int32_t from_previous_bytes, const void* to_next, int32_t to_next_bytes, void* from_next,
                                         int32_t from_next_bytes) {
  if (gang.comm == MPI_COMM_NULL) {
    return not_ready("cairn_mpi_exchange");
  }
  const int previous = (gang.rank + gang.size - 1) % gang.size;
  const int next = (gang.rank + 1) % gang.size;
  for (int i = 0; i < 4; ++i) {
    gang.requests[i] = MPI_REQUEST_NULL;
  }
  int code = MPI_Irecv(from_previous, from_previous_bytes, MPI_BYTE, previous, TAG_UP, gang.comm, &gang.requests[0]);
  if (code == MPI_SUCCESS) {
    code = MPI_Irecv(from_next, from_next_bytes, MPI_BYTE, next, TAG_DOWN, gang.comm, &gang.requests[1]);
  }
  if (code == MPI_SUCCESS) {
    code = MPI_Isend(to_previous, to_previous_bytes, MPI_BYTE, previous, TAG_DOWN, gang.comm, &gang.requests[2]);
  }
  if (code == MPI_SUCCESS) {
    code = MPI_Isend(to_next, to_next_bytes, MPI_BYTE, next, TAG_UP, gang.comm, &gang.requests[3]);
  }
  if (code != MPI_SUCCESS) {
    give_up(4, 2);
    return failed("The halo exchange could not begin", code);
  }
  const int from[2] = {previous, next};
  const int32_t expected[2] = {from_previous_bytes, from_next_bytes};
  return wait_all(4, 2, from, expected, "The halo exchange failed");
}

/* Begins all receives, then all sends; the requests stand in that order. */
static int begin_peers(const cairn_mpi_peer* peers, int count, const char* outgoing, char* incoming) {
  int code = MPI_SUCCESS;
  for (int i = 0; i < 2 * count; ++i) {
    gang.requests[i] = MPI_REQUEST_NULL;
  }
  for (int i = 0; i < count && code == MPI_SUCCESS; ++i) {
    code = MPI_Irecv(incoming + peers[i].in_start, peers[i].in_bytes, MPI_BYTE, peers[i].rank, TAG_PEER, gang.comm, &gang.requests[i]);
  }
  for (int i = 0; i < count && code == MPI_SUCCESS; ++i) {
    code = MPI_Isend(outgoing + peers[i].out_start, peers[i].out_bytes, MPI_BYTE, peers[i].rank, TAG_PEER, gang.comm,
                     &gang.requests[count + i]);
  }
  return code;
}

CAIRN_MPI_API int32_t cairn_mpi_exchange_peers(const cairn_mpi_peer* peers, int32_t count, const char* outgoing, char* incoming) {
  if (gang.comm == MPI_COMM_NULL) {
    return not_ready("cairn_mpi_exchange_peers");
  }
  if (count < 0 || count >= gang.size) {
    snprintf(last_error, sizeof last_error, "%d peers were named to rank %d of %d; expected fewer than there are ranks.", count, gang.rank,
             gang.size);
    return CAIRN_MPI_FAILED;
  }
  if (count == 0) {
    return 0;
  }
  int code = begin_peers(peers, count, outgoing, incoming);
  if (code != MPI_SUCCESS) {
    give_up(2 * count, count);
    return failed("The exchange with peers could not begin", code);
  }
  int from[count];
  int32_t expected[count];
  for (int i = 0; i < count; ++i) {
    from[i] = peers[i].rank;
    expected[i] = peers[i].in_bytes;
  }
  return wait_all(2 * count, count, from, expected, "The exchange with peers failed");
}

static int32_t collect(const void* part, int32_t part_bytes, char* whole, const int32_t* bytes) {
  int32_t expected[gang.size];
  int from[gang.size];
  int64_t at = part_bytes;
  if (part_bytes > 0) {
    memcpy(whole, part, (size_t)part_bytes);
  }
  for (int i = 1; i < gang.size; ++i) {
    from[i - 1] = i;
    expected[i - 1] = bytes[i];
    gang.requests[i - 1] = MPI_REQUEST_NULL;
  }
  for (int i = 1; i < gang.size; ++i) {
    int code = MPI_Irecv(whole + at, bytes[i], MPI_BYTE, i, TAG_GATHER, gang.comm, &gang.requests[i - 1]);
    if (code != MPI_SUCCESS) {
      give_up(gang.size - 1, gang.size - 1);
      return failed("The gather could not begin", code);
    }
    at += bytes[i];
  }
  return wait_all(gang.size - 1, gang.size - 1, from, expected, "The gather failed");
}

/* Not MPI_Gatherv: that one does not tell when a rank sends less than was expected of it, and does the same otherwise. */
CAIRN_MPI_API int32_t cairn_mpi_gather(const void* part, int32_t part_bytes, void* whole, const int32_t* bytes) {
  if (gang.comm == MPI_COMM_NULL) {
    return not_ready("cairn_mpi_gather");
  }
  if (gang.rank == 0) {
    return collect(part, part_bytes, whole, bytes);
  }
  int code = MPI_Send(part, part_bytes, MPI_BYTE, 0, TAG_GATHER, gang.comm);
  return code == MPI_SUCCESS ? 0 : failed("The gather failed", code);
}

CAIRN_MPI_API void cairn_mpi_abort(int32_t exit_code) {
  MPI_Abort(MPI_COMM_WORLD, exit_code);
  abort();
}

"""Seconds to read and decode a folder's JPEG files to RGB with Pillow, and to resize them to 64 x 64 as well: the better of threads and processes, each the median of five, and the threads' processor time, as JSON."""
import glob, json, multiprocessing, statistics, sys, time
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from PIL import Image, ImageOps


def decode(file):
    return np.asarray(ImageOps.exif_transpose(Image.open(file)).convert("RGB"))


def resize(file):
    image = ImageOps.exif_transpose(Image.open(file)).convert("RGB")
    return np.asarray(image.resize((64, 64), Image.Resampling.BILINEAR))


def measure(work, clock=time.perf_counter):
    times = []
    for _ in range(5):
        start = clock()
        work()
        times.append(clock() - start)
    return statistics.median(times)


if __name__ == "__main__":
    count, folder = int(sys.argv[1]), sys.argv[2]
    files = glob.glob(folder + "/**/*.jpg", recursive=True)
    seconds = {}
    for work in (decode, resize):
        with multiprocessing.Pool(count) as pool:
            processes = measure(lambda: pool.map(work, files, chunksize=32))
        with ThreadPoolExecutor(count) as pool:
            threads = measure(lambda: list(pool.map(work, files)))
            seconds[work.__name__ + "Processor"] = measure(lambda: list(pool.map(work, files)), time.process_time)
        seconds[work.__name__] = min(processes, threads)
    print(json.dumps(seconds))

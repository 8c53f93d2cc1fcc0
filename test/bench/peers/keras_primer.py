"""The primer's autoencoder in Keras, with validation after each epoch: seconds of fit and the last losses, as JSON."""
import gzip, json, os, sys, time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np


def images(name):
    with gzip.open(os.path.join(sys.argv[1], name)) as stream:
        return np.frombuffer(stream.read(), np.uint8, offset=16).reshape(-1, 784).astype("float32") / 255


train, test = images("train-images-idx3-ubyte.gz"), images("t10k-images-idx3-ubyte.gz")
keras.utils.set_random_seed(1)
inputs = keras.Input((784,))
code = keras.layers.Dense(32, activation="relu")(inputs)
model = keras.Model(inputs, keras.layers.Dense(784, activation="sigmoid")(code))
model.compile(optimizer="adam", loss="binary_crossentropy")
start = time.perf_counter()
history = model.fit(train, train, epochs=int(sys.argv[2]), batch_size=256, shuffle=True, validation_data=(test, test), verbose=0)
print(json.dumps({"seconds": time.perf_counter() - start, "validationLoss": history.history["val_loss"][-1]}))

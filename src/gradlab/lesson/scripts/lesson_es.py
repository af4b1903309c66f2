# %% [markdown]
# # Aprender con el gradiente: de Δ a ∇
#
# Queremos que una recta pase cerca de unos puntos. Tiene dos mandos, la pendiente `m` y la ordenada en el origen `b`, y
# un error que dice cuánto se desvía. ¿Hacia dónde giramos los mandos? Primero responderemos como lo haríamos ante una
# máquina de verdad: movemos un mando un poquito, Δ, y miramos el error. Veremos dónde falla eso. Después calcularemos
# la respuesta exacta, a mano: el gradiente, ∇. Al final lo calculará PyTorch por nosotros, y le miraremos por encima
# del hombro.
#
# Cada número de este texto lo ha calculado la celda que tiene justo encima, en esta misma ejecución. Con otra semilla
# los puntos son otros, y los números también.
#
# El camino es el de *Aprendizaje II*, una lección de Jorge García González (Universidad de Málaga), contada de nuevo.
# Quien conozca la original encontrará aquí sus funciones con estos nombres:
#
# | allí | aquí |
# |---|---|
# | `get_data_from_a_line` | `gradlab.noisy_line` |
# | `line_model` | `gradlab.line`, o el nombre `"line"` |
# | `AE_loss`, `SE_loss` | `gradlab.absolute_error`, `gradlab.squared_error` |
# | `MAE_loss`, `MSE_loss` | `loss="mae"`, `loss="mse"`: la media se hace una sola vez, en el objetivo |
# | `AE_loss_d_y_pred`, `SE_loss_d_y_pred` | `absolute_error.derivative`, `squared_error.derivative` |
# | `line_model_d_m`, `line_model_d_b` | `gradlab.line_d_m`, `gradlab.line_d_b` |
# | `grad_MAE`, `grad_MSE` | `gradlab.explicit`, y `gradlab.chain_rule` para cualquier modelo |
# | el bucle | `gradlab.descend`, y `gradlab.fit` para un ajuste completo |

# %%
import math
import textwrap
import time
from functools import partial

import torch
from matplotlib.figure import Figure

import gradlab
from gradlab import figures, text
from gradlab.lesson import say, show

gradlab.set_language("es")

# %% tags=["parameters"]
seed = 0

# %% [markdown]
# ## 1 · De Δ a ∇
#
# ### El error como paisaje
#
# Tomemos un solo punto. Con cada par (m, b) la recta predice algo en la x del punto y se equivoca en su y, más o menos.
# El *error absoluto* (AE) es la distancia entre ambas; el *error cuadrático* (SE), esa distancia al cuadrado. Pongamos
# m y b en el suelo y el error como altura: aparece un paisaje.

# %%
point = gradlab.Points([4.0], [4.0])
floor = {"m": (-5, 5, 100), "b": (-5, 5, 100)}
ae = gradlab.surface("line", point, loss="mae", over=floor)
se = gradlab.surface("line", point, loss="mse", over=floor)
show(
    figures.draw_surface(ae),
    "surface-ae",
    "Error absoluto de un punto según m y b: dos laderas planas que se juntan en una arista.",
)
show(figures.draw_surface(se), "surface-se", "Error cuadrático del mismo punto: un valle redondo, de fondo llano.")

# %% [markdown]
# Ninguno de los dos paisajes tiene un *punto* más bajo: los dos tienen un valle. Toda recta que pasa por nuestro único
# punto tiene error cero, y hay infinitas. El AE baja por laderas rectas que se encuentran en una arista; el SE es
# redondo y se va allanando mientras baja.
#
# Y en ambos el valle corre en diagonal. ¿Cuánto cambia el error si caminamos a lo largo de m, y cuánto a lo largo de b?

# %%
for name, landscape in {"AE": ae, "SE": se}.items():
    errors, across = landscape.values, 2 * landscape.axes[0].diff().mean()
    along_m = (errors[2:, 1:-1] - errors[:-2, 1:-1]).abs().median() / across
    along_b = (errors[1:-1, 2:] - errors[1:-1, :-2]).abs().median() / across
    say(
        f"En el paisaje del {name}, una unidad según m suele cambiar el error en **{along_m:.3g}**; según b, "
        f"en **{along_b:.3g}**: m pesa {along_m / along_b:.2f} veces lo que b."
    )

# %% [markdown]
# Esa proporción no es casualidad: es la x de nuestro punto. La recta es m·x + b; la m llega a la predicción
# multiplicada por x, la b llega tal cual. Cuanto más lejos está un punto, más larga es la palanca con la que m lo
# mueve.
#
# ### ¿Un mismo Δ para los dos?
#
# En la sesión anterior la dirección salía de probar: subir un parámetro en Δ, bajarlo en Δ y comparar.
#
# > ∂L/∂m ≈ (L(m + Δ) − L(m − Δ)) / 2Δ
#
# Es la *diferencia central*. Pero ¿qué Δ es bueno? Tomemos muchos puntos en lugar de uno, hagamos la media de sus
# errores (el error absoluto medio, MAE) y situémonos cerca de la recta de la que salieron.

# %%
points = gradlab.noisy_line(m=0.5, b=0.0, n=50, sigma=2.0, seed=seed)
place = {"m": torch.tensor(0.52, dtype=torch.float64), "b": torch.tensor(0.1, dtype=torch.float64)}
mae = gradlab.Objective(gradlab.line, gradlab.absolute_error, points)
exact = gradlab.chain_rule()(mae, place).gradient


def kinks_crossed(name, delta):
    """Sobre cuántos puntos salta la recta cuando `name` va de -Δ a +Δ."""
    sides = [gradlab.line(points.x, **{**place, name: place[name] + shift}) > points.y for shift in (-delta, delta)]
    return int((sides[0] != sides[1]).sum())


print("     Δ    cruza con m   error de ∂L/∂m    cruza con b   error de ∂L/∂b")
for delta in (0.0001, 0.001, 0.01, 0.1, 1.0):
    found = gradlab.finite_difference(delta)(mae, place).gradient
    wrong = {name: abs(found[name] - exact[name]).item() for name in place}
    crossed = {name: kinks_crossed(name, delta) for name in place}
    print(f"{delta:6g} {crossed['m']:14} {wrong['m']:16.2g} {crossed['b']:14} {wrong['b']:16.2g}")

# %% [markdown]
# El MAE está hecho de tramos rectos. En un tramo recto la diferencia es exacta, mida lo que mida; falla cuando entre −Δ
# y +Δ la recta pasa por encima de un punto, porque ahí el valor absoluto tiene su esquina (en inglés, *kink*). Y el
# mismo Δ que moviendo b no salta sobre casi ningún punto, moviendo m barre la mayoría. El paso que le va bien a uno le
# queda largo al otro.
#
# Entonces, ¿lo más pequeño posible? Un ordenador no guarda todas las cifras, y al restar dos números casi iguales se
# pierden casi todas las que hay. Abajo, el error de la diferencia para cada Δ, con precisión simple y doble, en tres
# situaciones:
#
# - **MAE, diferencia central.** A la izquierda el redondeo, a la derecha las esquinas cruzadas; en medio es
#   prácticamente exacta.
# - **MSE, diferencia hacia delante** (solo la mitad que sube). El error *cuadrático* medio se curva, y una diferencia
#   por un solo lado ve la pendiente medio paso más allá: un error que crece con Δ. El redondeo baja, ese error sube:
#   una V.
# - **Una exponencial, diferencia central.** Con dos lados la curvatura se cancela y solo queda la tercera derivada. El
#   MSE de una recta no la tiene, así que ahí no habría V; en el ritmo al que decae una exponencial sí la hay.

# %%
time_passed, noise = points.x / 50, points.y - 0.5 * points.x
decay = gradlab.Points(time_passed, 20 * torch.exp(-2.5 * time_passed) + noise)
situations = {
    "MAE, central": ("central", gradlab.line, gradlab.absolute_error, points, {"m": 0.52, "b": 0.1}),
    "MSE, hacia delante": ("forward", gradlab.line, gradlab.squared_error, points, {"m": 0.52, "b": 0.1}),
    "exponencial, central": ("central", gradlab.exponential, gradlab.squared_error, decay, {"a": 15.0, "b": -2.0}),
}
deltas = torch.logspace(-9, 0, 55, dtype=torch.float64)


def errors_of_delta(scheme, model, loss, points, at):
    """|diferencia − gradiente| por Δ, parámetro y precisión; lo verdadero es el gradiente en precisión doble."""
    objective = gradlab.Objective(model, loss, points)
    truth = gradlab.chain_rule()(objective, tensors(at, torch.float64)).gradient
    errors = {}
    for dtype in (torch.float64, torch.float32):
        objective = gradlab.Objective(model, loss, points.to(dtype))
        tried = [gradlab.finite_difference(d, scheme)(objective, tensors(at, dtype)).gradient for d in deltas.tolist()]
        for name in at:
            bits = str(dtype).removeprefix("torch.")
            errors[f"{name}, {bits}"] = torch.stack([abs(one[name].double() - truth[name]) for one in tried])
    return errors


def tensors(numbers, dtype):
    return {name: torch.tensor(number, dtype=dtype) for name, number in numbers.items()}


figure = Figure(figsize=(12, 4.4), layout="constrained")
for axes, (title, situation) in zip(figure.subplots(1, 3), situations.items(), strict=True):
    errors = errors_of_delta(*situation)
    figures.draw_delta_error(deltas, errors, axes=axes)
    axes.set_title(title)
    for label, error in errors.items():
        print(f"{title:20}   {label:10}   mejor Δ {deltas[error.argmin()]:.1e}")
show(figure, "delta-error", "Error de la diferencia para cada Δ. Un triángulo en el borde inferior: ningún error.")

# %% [markdown]
# Un parámetro quiere este Δ, el otro aquel; con otra función de error, otra precisión u otro modelo, los dos quieren
# uno distinto. No hay un buen Δ: hay un buen Δ *para este parámetro y en este lugar*.
#
# ### Lo que deja un Δ equivocado
#
# Una pendiente un poco inexacta daría igual si el descenso terminara en el mismo sitio. Pero no termina ahí. Tomemos la
# diferencia hacia delante sobre el MSE, con b fija. La curva es una parábola, así que se puede decir de antemano qué
# ocurre: la diferencia vale cero medio Δ antes del fondo, y ahí se para el descenso, por mucho que esperemos.

# %%
slope_of_least_squares = ((points.x * points.y).sum() / (points.x**2).sum()).item()
forward = {"loss": "mse", "start": {"m": 0.8, "b": 0.0}, "freeze": ["b"], "lr": 3e-4, "steps": 400}
for delta in (0.1, 0.01):
    stopped = gradlab.fit("line", points, gradient="finite-difference:forward", delta=delta, **forward)
    short = stopped.params["m"].item() - slope_of_least_squares
    say(
        f"Con Δ = {delta:g} la pendiente se para en {stopped.params['m']:.6f}; el fondo está en "
        f"{slope_of_least_squares:.6f}. Se queda corta en **{-short:.6f}**, y Δ/2 es {delta / 2:g}."
    )

# %% [markdown]
# ### Un descenso con Δ junto a otro con ∇
#
# La lección original todavía define `delta = 0.1`, pero ya no lo usa. Usémoslo una vez, lado a lado: los mismos puntos,
# el mismo comienzo, la misma tasa de aprendizaje; en un lado la dirección sale de la diferencia central, en el otro del
# gradiente que estamos a punto de deducir.

# %%
delta = 0.1
run = {"loss": "mae", "start": {"m": 0.8, "b": 0.0}, "freeze": ["b"], "lr": 1e-3, "steps": 25}
with_delta = gradlab.fit("line", points, gradient="finite-difference", delta=delta, **run)
with_nabla = gradlab.fit("line", points, gradient="chain-rule", **run)

figure = Figure(figsize=(9, 3.6), layout="constrained")
for axes, column in zip(figure.subplots(1, 2), ("m", "grad_m"), strict=True):
    axes.plot(with_delta["step"], with_delta[column], "s--", label=f"Δ = {delta}", markersize=4, color="#D55E00")
    axes.plot(with_nabla["step"], with_nabla[column], "o-", label="∇", markersize=4, color="#0072B2")
    axes.set(xlabel="paso", ylabel={"m": "m", "grad_m": "∂L/∂m"}[column])
    axes.legend()
show(figure, "delta-beside-nabla", "La pendiente m (izquierda) y la dirección empleada (derecha), paso a paso.")
apart = (with_delta["grad_m"] - with_nabla["grad_m"]).abs().max()
say(
    f"Tras {run['steps']} pasos m vale **{with_delta.params['m']:.4f}** con Δ "
    f"y **{with_nabla.params['m']:.4f}** con ∇. Por el camino las dos direcciones llegaron a diferir en {apart:.2f}."
)

# %% [markdown]
# Con Δ la dirección es un promedio sobre un trecho del paisaje: es más suave, y cerca del final, donde la recta va
# pasando un punto tras otro, es distinta. Puede ayudar o estorbar, pero nadie lo ha elegido: ha venido con Δ.
#
# ¿Y si el modelo tiene más de dos parámetros?

# %%
millions = 1
say(
    f"Probar cuesta, por cada parámetro, dos predicciones de todo: aquí, {2 * len(place)} en cada paso. Con "
    f"{millions} millón de parámetros serían {2 * millions} millones, y {millions} millón de valores de Δ que elegir. "
    "Más nos vale librarnos de Δ."
)

# %% [markdown]
# ## 2 · El gradiente
#
# ### Qué es
#
# Estamos en algún lugar del paisaje. En cada dirección el suelo sube o baja a su propio ritmo. El *gradiente* ∇L es el
# vector de los ritmos a lo largo de los ejes, las derivadas parciales:
#
# > ∇L = (∂L/∂m, ∂L/∂b)
#
# Pero sabe más que los ejes: **apunta en la dirección en que más se sube, y su longitud es el ritmo de subida** en esa
# dirección. No hace falta creérselo. Demos un paso minúsculo hacia cada rumbo de la brújula, midamos el ritmo y
# quedémonos con el mayor.

# %%
start = {"m": torch.tensor(0.8, dtype=torch.float64), "b": torch.tensor(0.0, dtype=torch.float64)}


def rate(angle, h=1e-4):
    """A qué ritmo sube el MAE cuando salimos del comienzo en esta dirección."""
    forth, back = (
        mae({"m": start["m"] + h * sign * math.cos(angle), "b": start["b"] + h * sign * math.sin(angle)})
        for sign in (1, -1)
    )
    return ((forth - back) / (2 * h)).item()


compass = [math.radians(tenths / 10) for tenths in range(3600)]
steepest = max(compass, key=rate)
gradient = gradlab.chain_rule()(mae, start).gradient
length, direction = torch.hypot(gradient["m"], gradient["b"]), torch.atan2(gradient["b"], gradient["m"])
say(
    f"De {len(compass)} direcciones probadas, la que más sube: **{math.degrees(steepest):.1f}°**, "
    f"a un ritmo de **{rate(steepest):.3f}**. El gradiente ({gradient['m']:.3f}, {gradient['b']:.3f}) "
    f"apunta a {math.degrees(direction):.1f}° y mide {length:.3f}."
)

# %% [markdown]
# ### Por qué restamos
#
# El gradiente dice hacia dónde *crece* el error. Lo queremos más pequeño, así que damos un paso en sentido contrario.
# ¿De qué largo? El gradiente por un número pequeño, la *tasa de aprendizaje* `lr`:
#
# > m ← m − lr · ∂L/∂m

# %%
lr = 1e-3
stepped = {sign: {name: start[name] + sign * lr * gradient[name] for name in start} for sign in (-1, 1)}
say(
    f"MAE al comienzo: {mae(start):.4f}. Tras un paso según −∇: **{mae(stepped[-1]):.4f}**, menor. "
    f"Tras el mismo paso según +∇: {mae(stepped[1]):.4f}, mayor."
)

# %% [markdown]
# ### La regla de la cadena
#
# El error no depende directamente de m. Depende de la predicción, y la predicción depende de m. Cuando un cambio pasa
# de mano en mano, los ritmos se multiplican. Eso es la *regla de la cadena*: la derivada de f(g(m)) es la derivada de
# f, tomada en g(m), por la derivada de g. Con ŷ para la predicción y ℓ para el error de un punto:
#
# > ∂ℓ/∂m = ∂ℓ/∂ŷ · ∂ŷ/∂m        ∂ℓ/∂b = ∂ℓ/∂ŷ · ∂ŷ/∂b
#
# El primer factor conoce el error y no sabe nada del modelo; el segundo conoce el modelo y no sabe nada del error.
# Podemos calcularlos por separado, y combinar cualquier error con cualquier modelo.
#
# **La recta.** En m·x + b la letra m va multiplicada por x, y la b por uno:
#
# > ∂ŷ/∂m = x        ∂ŷ/∂b = 1
#
# **El error cuadrático.** La derivada de r² es 2r, con el residuo r = ŷ − y:
#
# > ∂SE/∂ŷ = 2 (ŷ − y)
#
# **El error absoluto.** |r| es r a la derecha del cero y −r a la izquierda, así que su derivada es el signo:
#
# > ∂AE/∂ŷ = +1 si ŷ > y,  −1 si ŷ < y

# %%
residual = torch.linspace(-3, 3, 241, dtype=torch.float64)
zero = torch.zeros_like(residual)
figure = Figure(figsize=(9, 3.4), layout="constrained")
for axes, loss, name in zip(
    figure.subplots(1, 2), (gradlab.absolute_error, gradlab.squared_error), ("AE", "SE"), strict=True
):
    slope = loss.derivative(residual, zero)
    slope[residual.abs() < 1e-9] = math.nan if name == "AE" else 0.0
    axes.plot(residual, loss(residual, zero), label=name, color="#0072B2")
    axes.plot(residual, slope, "--", label=f"∂{name}/∂ŷ", color="#D55E00")
    axes.set(xlabel="ŷ − y", ylim=(-4, 5))
    axes.legend(loc="upper center")
show(
    figure,
    "losses-and-derivatives",
    "Los dos errores y sus derivadas. La del AE salta en el cero, donde no está definida.",
)

# %% [markdown]
# Sigamos un punto a mano, con sus propios números.

# %%
x, y = points.x[0], points.y[0]
m, b = start["m"], start["b"]
prediction = m * x + b
r = prediction - y
say(
    f"El primer punto es x = {x:.3f}, y = {y:.3f}. La recta predice ŷ = {m:g} · {x:.3f} + {b:g} = {prediction:.3f}; "
    f"el residuo es r = {r:.3f}. Así, ∂SE/∂ŷ = 2r = {2 * r:.3f}, ∂ŷ/∂m = x = {x:.3f}, y "
    f"∂SE/∂m = {2 * r:.3f} · {x:.3f} = **{2 * r * x:.3f}**."
)
one = gradlab.Objective(gradlab.line, gradlab.squared_error, points.rows(slice(0, 1)))
tried = gradlab.finite_difference(1e-3)(one, start).gradient["m"]
say(f"La diferencia central sobre ese único punto dice {tried:.3f}.")

# %% [markdown]
# ### Una esquina, y una elección libre
#
# Donde r vale cero, el valor absoluto no tiene derivada: por la izquierda sería menos uno, por la derecha más uno.
# ¿Importa? Apenas: un residuo calculado casi nunca es exactamente cero, y sirve cualquier número entre las dos
# pendientes (en matemáticas, cada uno de ellos se llama *subgradiente*). Pero hay que devolver alguno, de modo que se
# elige. La lección original eligió más uno; PyTorch, cero. Aquí eliges tú, con `kink`. Para verlo ponemos una recta
# exactamente sobre dos de tres puntos:

# %%
on_the_line = gradlab.Points([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
through_two = gradlab.Objective(gradlab.line, gradlab.absolute_error, on_the_line)
identity = {"m": torch.tensor(1.0, dtype=torch.float64), "b": torch.tensor(0.0, dtype=torch.float64)}
for kink in (-1.0, 0.0, 1.0):
    chosen = gradlab.chain_rule(kink=kink)(through_two, identity).gradient
    print(f"kink = {kink:2.0f}   ∂L/∂m = {chosen['m']:+.4f}   ∂L/∂b = {chosen['b']:+.4f}")

# %% [markdown]
# ### La derivada de una media
#
# Nuestro error (*loss*, en inglés) es la media sobre todos los puntos: una suma por la constante 1/N. La derivada de
# una suma es la suma de las derivadas, y la constante se queda delante. En resumen: **la derivada de una media es la
# media de las derivadas**. Por eso podemos multiplicar punto a punto y hacer la media al final del todo:
#
# > ∂MAE/∂m = media( signo(ŷ − y) · x )        ∂MAE/∂b = media( signo(ŷ − y) )
# >
# > ∂MSE/∂m = media( 2 (ŷ − y) · x )        ∂MSE/∂b = media( 2 (ŷ − y) )
#
# Son los gradientes que la lección original escribe a mano. Aquí están en código, junto a otros dos caminos hacia los
# mismos números: `chain_rule`, que registra las operaciones de *cualquier* modelo y les aplica la regla de la cadena
# una por una, y el autograd del propio PyTorch, que conoceremos más abajo.

# %%
partials = {"m": gradlab.line_d_m, "b": gradlab.line_d_b}
for name, loss in {"MAE": gradlab.absolute_error, "MSE": gradlab.squared_error}.items():
    objective = gradlab.Objective(gradlab.line, loss, points)
    ways = {
        "a mano": gradlab.explicit(loss.derivative, partials),
        "chain_rule": gradlab.chain_rule(),
        "autograd": gradlab.autograd(),
    }
    gradients = {way: gradient(objective, start).gradient for way, gradient in ways.items()}
    for way, found in gradients.items():
        print(f"{name}  {way:12}  ∂L/∂m = {found['m']:.12f}   ∂L/∂b = {found['b']:.12f}")
    apart = max(
        abs(one[p] - two[p]).item() for one in gradients.values() for two in gradients.values() for p in partials
    )
    say(f"Los tres caminos al gradiente del {name} difieren como mucho en {apart:.1e}: redondeo, si acaso.")

# %% [markdown]
# Calcular la predicción y su error se llama paso hacia delante, *forward*: de los parámetros al error. Calcular el
# gradiente es el paso hacia atrás, *backward*: del error otra vez a los parámetros, factor a factor. Todo bucle de
# entrenamiento es eso dos veces, ida y vuelta, y una resta.
#
# ## 3 · El bucle
#
# ### Forward, backward, restar
#
# Dejamos b quieta en su valor verdadero y aprendemos solo m: un paisaje de una dimensión se observa mejor. Aprender,
# entero, cabe en un puñado de líneas:

# %%
m, b = torch.tensor(0.8, dtype=torch.float64), 0.0
slopes = [m]
for _ in range(25):
    prediction = gradlab.line(points.x, m, b)  # hacia delante
    sign = gradlab.absolute_error.derivative(prediction, points.y)
    grad_m = (sign * gradlab.line_d_m(points.x, m, b)).mean()  # hacia atrás
    m = m - lr * grad_m
    slopes.append(m)
say(f"Se empieza en m = {slopes[0]:g}; tras {len(slopes) - 1} pasos, m = **{m:.6f}**.")

# %% [markdown]
# `gradlab.fit` ejecuta el mismo bucle y apunta todo lo que ve. Este es su registro, paso a paso (b está congelada:
# tiene gradiente, pero no se mueve):

# %%
history = gradlab.fit("line", points, gradient="chain-rule", **run)
print(*text.step_log(history), sep="\n")
say(f"La mayor diferencia con nuestro bucle, en algún paso: {(history['m'] - torch.stack(slopes)).abs().max():.1e}.")
show(
    figures.draw_evolution("line", points, history, true={"m": 0.5, "b": 0.0}),
    "evolution-by-hand",
    "La recta en cada paso, de claro a oscuro; los puntos; y, a trazos, la recta de la que salieron.",
)

# %% [markdown]
# Mientras los puntos siguen cada uno en su lado de la recta, ∂L/∂m no cambia de un paso al siguiente: el MAE solo
# cuenta signos. Cambia cuando la recta pasa por un punto. Cerca del final, con puntos a ambos lados, se hace pequeño y
# puede cambiar de signo: la recta ha llegado, y a partir de ahí solo puede balancearse.
#
# ### Si b es la correcta, ¿por qué ∂L/∂b no es cero?
#
# Desde el primer paso hasta el último b tuvo su valor verdadero, y aun así el gradiente quería moverla. Al principio se
# entiende: con una m equivocada casi todos los puntos están a un lado, y mover b también ayudaría. Pero miremos el
# lugar en el que *ambos* parámetros son los verdaderos:

# %%
truth = {"m": torch.tensor(0.5, dtype=torch.float64), "b": torch.tensor(0.0, dtype=torch.float64)}


def gradient_at_the_truth(points):
    """Puntos por debajo de la recta verdadera, puntos por encima y ∂MAE/∂b en ella."""
    below = int((gradlab.line(points.x, **truth) > points.y).sum())
    objective = gradlab.Objective(gradlab.line, gradlab.absolute_error, points)
    return below, len(points) - below, gradlab.chain_rule()(objective, truth).gradient["b"].item()


others = [gradlab.noisy_line(m=0.5, b=0.0, n=50, sigma=2.0, seed=10_000 * (seed + 1) + other) for other in range(400)]
print("               debajo  encima  (debajo − encima)/n   ∂L/∂b")
for whose, some in {
    "los nuestros": points,
    **{f"otros, n.º {number}": others[number] for number in range(1, 5)},
}.items():
    below, above, grad_b = gradient_at_the_truth(some)
    print(f"{whose:13}  {below:5}   {above:5}   {(below - above) / len(some):17.2f}   {grad_b:z6.2f}")
grads_b = torch.tensor([gradient_at_the_truth(other)[2] for other in others])
say(
    f"En {len(others)} conjuntos de puntos la media de ∂L/∂b es {grads_b.mean():+.3f}, con una desviación típica de "
    f"**{grads_b.std():.3f}**; lanzar {len(points)} monedas daría {1 / math.sqrt(len(points)):.3f}. "
    f"En {(grads_b.abs() < 1e-9).sum()} de los conjuntos fue exactamente cero."
)

# %% [markdown]
# Con el MAE, ∂L/∂b solo cuenta: cuántos puntos quedan por debajo de la recta menos cuántos por encima, entre el total.
# El gradiente no sabe nada de la verdad. Conoce *estos* puntos, y por azar caen unos cuantos más a un lado. Que los dos
# lados se equilibren justo llega a ocurrir, pero es la excepción.
#
# ### ¿Y por qué la pendiente no es la verdadera?
#
# Por dos razones, de naturaleza distinta.
#
# **El azar.** Con otros puntos, otra pendiente. Cuantos más puntos, menos se nota.
#
# **El ruido en x.** A nuestros puntos también los sacudimos hacia los lados, y eso no es simétrico: siempre aplana.
# Imagina una sacudida lateral tan fuerte que de la recta no quede nada: la mejor pendiente sería cero. Los mínimos
# cuadrados encuentran, en promedio, no m sino m por un factor, y eso no se cura con más puntos:
#
# > b libre:  var(x) / (var(x) + σ²)        b fija en 0:  E[x²] / (E[x²] + σ²)
#
# Con b fija la recta está clavada en el origen, y lo que cuenta es la distancia al origen, no la dispersión: aplana
# menos. Comprobemos ambos factores, con miles de conjuntos de puntos a la vez, con ruido en x y sin él. (Para una
# recta, la pendiente de mínimos cuadrados tiene fórmula; la de menor MAE con b fija es una mediana ponderada de y/x.)


# %%
def fitted_slopes(sets, sigma_x, generator):
    """La mejor pendiente de cada uno de `sets` conjuntos de 50 puntos, con b fija o libre, según el MSE o el MAE."""
    x_true = 50 * torch.rand(sets, 50, generator=generator, dtype=torch.float64)
    x, y = (
        values + sigma * torch.randn(sets, 50, generator=generator, dtype=torch.float64)
        for values, sigma in ((x_true, sigma_x), (0.5 * x_true, 2.0))
    )
    centred = x - x.mean(dim=1, keepdim=True)
    ratios, order = (y / x).sort(dim=1)
    weights = x.abs().gather(1, order).cumsum(dim=1)
    median = (weights >= weights[:, -1:] / 2).double().argmax(dim=1, keepdim=True)
    return {
        "MSE, b fija": (x * y).sum(dim=1) / (x * x).sum(dim=1),
        "MSE, b libre": (centred * y).sum(dim=1) / (centred * centred).sum(dim=1),
        "MAE, b fija": ratios.gather(1, median).squeeze(1),
    }


generator = torch.Generator().manual_seed(seed + 1)
sets, mean_square, variance = 8_000, 50**2 / 3, 50**2 / 12
theory = {"MSE, b fija": mean_square / (mean_square + 2**2), "MSE, b libre": variance / (variance + 2**2)}
still, shaken = fitted_slopes(sets, 0.0, generator), fitted_slopes(sets, 2.0, generator)
print(f"{'':12}  x exacta  ruido en x   (± por azar)   0.5 · factor   dispersión de un ajuste")
for name, found in shaken.items():
    predicted = f"{0.5 * theory[name]:13.5f}" if name in theory else f"{'–':>13}"
    means = f"{still[name].mean():9.5f} {found.mean():12.5f}   ± {found.std() / math.sqrt(sets):.5f}"
    print(f"{name:12} {means}    {predicted} {found.std():19.5f}")
bias, spread = 0.5 - shaken["MSE, b fija"].mean(), shaken["MSE, b fija"].std()
say(
    f"Con b fija, como en nuestro ajuste, el aplanamiento le quita **{bias:.5f}** a la pendiente, y el azar la mueve "
    f"±{spread:.5f} de un ajuste a otro. En un solo ajuste de {len(points)} puntos decide el azar. "
    f"Con b libre el aplanamiento es de {0.5 - shaken['MSE, b libre'].mean():.5f}, "
    f"y el azar, ±{shaken['MSE, b libre'].std():.5f}."
)

# %%
figure = Figure(figsize=(9, 3.4), layout="constrained")
bins = torch.linspace(0.42, 0.58, 81).tolist()
for axes, name in zip(figure.subplots(1, 2, sharex=True, sharey=True), theory, strict=True):
    axes.hist(still[name], bins, alpha=0.45, color="#56B4E9", label="x exacta")
    axes.hist(shaken[name], bins, histtype="step", linewidth=1.6, color="#D55E00", label="ruido en x")
    axes.axvline(0.5, color="black", linewidth=1, label="m verdadera")
    axes.axvline(0.5 * theory[name], color="#D55E00", linestyle="--", linewidth=1.4, label="m · factor")
    axes.set(title=name, xlabel="m", ylabel="ajustes")
    axes.legend(fontsize=8)
show(
    figure,
    "flattening",
    "Pendientes de miles de ajustes: el azar las dispersa; el ruido en x, además, las corre a la izquierda.",
)

# %% [markdown]
# ## 4 · Autograd
#
# ### PyTorch se sabe las derivadas
#
# Para una recta con dos parámetros hemos escrito dos derivadas. Quien entrena una red con un millón de parámetros,
# ¿tiene que escribir un millón? No: derivar es seguir reglas, y seguir reglas es cosa de máquinas. PyTorch conoce la
# derivada de cada operación que ofrece, y su *autograd* las encadena. Veámoslo con un cubo:

# %%
a = torch.tensor(2.0, requires_grad=True)
cube = a**3
print("a =", a.item(), "  cubo =", cube.item(), "  hecho por:", cube.grad_fn.name())
print("gradiente antes de backward:", a.grad)

visits = []
cube.register_hook(lambda gradient: visits.append(gradient.item()))
print("visitas del gradiente hasta ahora:", len(visits))

cube.backward()
print("gradiente después de backward:", a.grad.item(), "  a mano, 3·a²:", 3 * a.item() ** 2)
print("visitas del gradiente ahora:", len(visits))

# %% [markdown]
# En el paso hacia delante PyTorch calculó el cubo y apuntó *cómo*: `grad_fn` es el apunte. No derivó nada. Solo
# `backward()` recorre los apuntes hacia atrás, y entonces la hoja `a` recibe su gradiente. Lo que nadie pide no se
# calcula: los gradientes cuestan tiempo y memoria, y muchas veces solo queremos la predicción.
#
# Todos los apuntes juntos forman el *grafo de computación*. El del cubo es de los más pequeños que hay: una hoja, una
# operación, un resultado.

# %%
with gradlab.trace() as traced:
    a = torch.tensor(2.0, requires_grad=True)
    cube = a**3
    cube.backward()
show(
    traced.graph(cube).svg(),
    "graph-of-the-cube",
    "El grafo del cubo: valores a la ida, gradientes a la vuelta.",
)

# %% [markdown]
# ### Funciones de error ya hechas
#
# Las funciones de error habituales vienen con PyTorch: `torch.nn.L1Loss` es el MAE, `torch.nn.MSELoss` el MSE. Los
# nombres mezclan dos costumbres. La norma L1 de los residuos es la *suma* de sus valores absolutos; L1Loss es la media.
# Y el MSE no es la norma L2, aunque a veces se le llame así: esa sería la raíz de la suma de los cuadrados.

# %%
points = gradlab.noisy_line(m=0.5, b=0.0, n=50, sigma=2.0, seed=seed + 1, dtype=torch.float32)
x, y = points.x, points.y
guess = gradlab.line(x, 0.8, 0.0)
residual = guess - y
absolute, square = residual.abs(), residual**2
print(f"L1Loss    {torch.nn.L1Loss()(guess, y):11.6f}     media de |r|   {absolute.mean():11.6f}")
print(f"Norma L1  {residual.norm(1):11.6f}     suma de |r|    {absolute.sum():11.6f}")
print(f"MSELoss   {torch.nn.MSELoss()(guess, y):11.6f}     media de r²    {square.mean():11.6f}")
print(f"Norma L2  {residual.norm(2):11.6f}     √(suma de r²)  {square.sum().sqrt():11.6f}")

# %% [markdown]
# Se dice que son más rápidas que las nuestras porque vienen compiladas. Lo que importa es si una función así es de
# verdad *una* operación, con un apunte en el grafo, o vuelve a ser una cadena de varias; lo dice el grafo. Y también
# importa cuántos puntos hay: con pocos, casi todo el tiempo se va en llamar a cada operación; con muchos, en la
# aritmética y la memoria. Miremos los apuntes, y midamos juntos el paso hacia delante y el paso hacia atrás.


# %%
def microseconds(actions, repeats):
    """El menor tiempo medio de una llamada, por turnos: lo que estorba una medida solo puede alargarla."""
    shortest = [math.inf] * len(actions)
    for _ in range(12):
        for place, action in enumerate(actions):
            begin = time.perf_counter()
            for _ in range(repeats):
                action()
            shortest[place] = min(shortest[place], 1e6 * (time.perf_counter() - begin) / repeats)
    return shortest


def notes(tensor):
    """La cadena de apuntes, del error hacia atrás, hasta la predicción."""
    names, note = [], tensor.grad_fn
    while note is not None and "Accumulate" not in note.name():
        names.append(note.name().removesuffix("0").removesuffix("Backward"))
        note = note.next_functions[0][0]
    return " ← ".join(names)


def forth_and_back(loss, sample, target):
    return torch.autograd.grad(loss(sample, target), sample)


ready_made = {"MAE": torch.nn.L1Loss(), "MSE": torch.nn.MSELoss()}
our_own = {"MAE": lambda guess, y: (guess - y).abs().mean(), "MSE": lambda guess, y: ((guess - y) ** 2).mean()}
print("error   puntos   nuestra (µs)   ya hecha (µs)   proporc.   apuntes nuestra      apuntes ya hecha")
for name in ready_made:
    for n, repeats in ((50, 200), (20_000, 50)):
        sample, target = torch.linspace(-1, 1, n, requires_grad=True), torch.zeros(n)
        losses = (our_own[name], ready_made[name])
        own, ready = microseconds([partial(forth_and_back, loss, sample, target) for loss in losses], repeats)
        chains = [notes(loss(sample, target)) for loss in losses]
        print(f"{name}   {n:8} {own:14.1f} {ready:17.1f} {own / ready:7.2f}   {chains[0]:18}   {chains[1]}")

# %% [markdown]
# Una proporción mayor que uno dice que la función ya hecha es más rápida. Donde su cadena es tan larga como la nuestra
# no hay nada que ganar: son las mismas tres operaciones con otro nombre. «Compilada» lo está cualquier operación de
# PyTorch, también las nuestras; lo que se nota es que sean menos operaciones. (Son tiempos: junto con unos pocos más
# abajo, los únicos números de la lección que cambian de una ejecución a otra aunque la semilla sea la misma.)
#
# ### El bucle, otra vez
#
# Puntos nuevos y el mismo bucle, esta vez sin una sola derivada nuestra. Algunas líneas son nuevas. Las repasaremos una
# a una en la estación siguiente.

# %%
lr, steps = 1e-3, 25
mean_error = torch.nn.L1Loss()
m, b = (torch.tensor(number, requires_grad=True) for number in (0.8, 0.0))
m_evolution = [m.clone().detach()]

for step in range(steps):
    for parameter in (m, b):
        if parameter.grad is not None:
            parameter.grad.zero_()
    prediction = gradlab.line(x, m, b)  # hacia delante
    loss = mean_error(prediction, y)
    loss.backward()  # hacia atrás
    with torch.no_grad():
        m -= lr * m.grad
    m_evolution.append(m.clone().detach())
    if step in (0, 1, 2, steps - 2, steps - 1):
        was = m_evolution[step]
        print(f"paso {step:2}   m = {was:.6f}   error = {loss:.4f}   ∂L/∂m = {m.grad:8.4f}   ∂L/∂b = {b.grad:+z.4f}")

history = gradlab.fit("line", points, gradient="autograd", **run)
apart = (history["m"] - torch.stack(m_evolution)).abs().max()
say(
    f"Tras {steps} pasos, m = **{m:.6f}**. `gradlab.fit` con autograd pasa por las mismas {len(history)} pendientes; "
    f"la mayor diferencia es {apart:.1e}."
)
show(
    figures.draw_evolution("line", points, history, true={"m": 0.5, "b": 0.0}),
    "evolution-by-autograd",
    "El mismo dibujo que en la estación anterior, con puntos nuevos; aquí las derivadas son de PyTorch.",
)

# %% [markdown]
# El grafo de un paso tiene más miga que el del cubo. Dos hojas piden gradiente, `m` y `b`; los datos no. Léelo de
# izquierda a derecha para ver la predicción y el error, y de derecha a izquierda para ver el gradiente: en cada
# operación, lo que llega se multiplica por una derivada local, el número tras ×, y se pasa a la siguiente, el número
# tras ←. El error aparece como una sola caja; `traced.graph(loss).open()` enseñaría lo que hay dentro.

# %%
with gradlab.trace() as traced:
    m = torch.tensor(0.8, requires_grad=True)
    b = torch.tensor(0.0, requires_grad=True)
    prediction = m * x + b
    loss = mean_error(prediction, y)
    loss.backward()
show(traced.graph(loss).svg(), "graph-of-a-step", "El grafo de un paso: las hojas m y b, las operaciones, el error.")

# %% [markdown]
# ### Por qué nadie escribe un millón de derivadas
#
# Ni prueba un millón de pasitos. Contemos cuántas veces tiene que calcular cada método la predicción entera, en modelos
# con cada vez más parámetros:


# %%
def forwards(gradient, parameters):
    """Cuántas veces evalúa `gradient` el error de un modelo con tantos parámetros."""
    inputs = torch.randn(20, parameters, generator=torch.Generator().manual_seed(seed))
    params = {"w": torch.zeros(parameters - 1), "b": torch.tensor(0.0)}
    count = 0

    def loss(params):
        nonlocal count
        count += 1
        return ((inputs[:, 1:] @ params["w"] + params["b"] - inputs[:, 0]) ** 2).mean()

    gradient(loss, params)
    return count


print("parámetros    forwards con Δ    forwards con autograd")
for parameters in (2, 10, 100, 1000):
    counts = [forwards(gradient, parameters) for gradient in (gradlab.finite_difference(0.1), gradlab.autograd())]
    print(f"{parameters:10} {counts[0]:17} {counts[1]:24}")

# %% [markdown]
# Con Δ: dos por cada parámetro, y una para el propio error. Con autograd: una, y una vuelta atrás, siempre. Entonces,
# ¿cuánto costaría un millón de parámetros?

# %%
parameters = 1_000_000
inputs = torch.randn(8, parameters, generator=torch.Generator().manual_seed(seed))
weights = torch.zeros(parameters, requires_grad=True)


def forward():
    return (inputs @ weights - 1).square().mean()


with torch.no_grad():
    (one_forward,) = microseconds([forward], 2)
(both,) = microseconds([lambda: torch.autograd.grad(forward(), weights)], 2)
minutes = 2 * parameters * one_forward / 1e6 / 60
say(
    f"Un forward tardó {one_forward / 1e3:.2f} ms; forward y backward juntos, {both / 1e3:.2f} ms. Con Δ, un paso "
    f"necesita {2 * parameters / 1e6:g} millones de forwards: **{minutes:.0f} minutos** (multiplicados, no esperados). "
    f"Autograd necesita {2 * parameters * one_forward / both / 1e3:.0f} mil veces menos."
)

# %% [markdown]
# ## 5 · Una a una
#
# Ahora, las líneas del bucle que eran nuevas. Cada una está ahí por algo, y ese algo se ve mejor cuando la línea falta.
# Lo que aquí abajo falla, falla de verdad; los mensajes son los de PyTorch y matplotlib.


# %%
def failure_of(action):
    """El error que da `action`; que no diera ninguno sería una novedad, y detiene la lección."""
    try:
        action()
    except Exception as error:
        return textwrap.fill(f"{type(error).__name__}: {error}", width=92, subsequent_indent="    ")
    raise AssertionError("se esperaba que esto fallara")


def leaf():
    """La pendiente en su comienzo, nueva y pidiendo gradiente."""
    return torch.tensor(0.8, requires_grad=True)


# %% [markdown]
# ### requires_grad
#
# `requires_grad=True` le dice a PyTorch que tome apuntes de todo lo que se calcule a partir de ese tensor. Sin él no
# hay apuntes, ni nada que recorrer hacia atrás:

# %%
quiet, noted = torch.tensor(0.8), leaf()
for name, m in {"sin apuntes": quiet, "con apuntes": noted}.items():
    loss = mean_error(m * x, y)
    print(f"{name}: loss.requires_grad = {loss.requires_grad}, loss.grad_fn = {loss.grad_fn and loss.grad_fn.name()}")
print(failure_of(lambda: mean_error(quiet * x, y).backward()))

# %% [markdown]
# ### clone().detach()
#
# Para dibujar la evolución guardábamos copias de m. `detach()` da el tensor sin sus apuntes; si falta, matplotlib se
# niega:

# %%
print(failure_of(lambda: Figure().add_subplot().plot([0, 1], [noted, noted])))

# %% [markdown]
# ¿Y `clone()`? Un tensor al que solo se le aplica `detach()` sigue compartiendo memoria con el original. Como
# actualizamos sobre la misma memoria, todo lo guardado cambiaría a la vez:

# %%
m = leaf()
shared, copied = [], []
for _ in range(3):
    shared.append(m.detach())
    copied.append(m.clone().detach())
    with torch.no_grad():
        m -= 0.1
print("solo detach():     ", [round(value.item(), 2) for value in shared])
print("clone().detach():  ", [round(value.item(), 2) for value in copied])

# %% [markdown]
# ### zero_()
#
# PyTorch *suma* cada gradiente a lo que ya hay en `.grad`. Es útil cuando un gradiente se reúne por partes, y una
# trampa en un bucle: si no se borra, cada paso va en la dirección de la suma de todos los gradientes anteriores.

# %%
m = leaf()
for turn in (1, 2, 3):
    mean_error(m * x, y).backward()
    print(f"backward n.º {turn}, sin borrar:  m.grad = {m.grad:.4f}")
m.grad.zero_()
print(f"tras zero_():                m.grad = {m.grad:.4f}")
mean_error(m * x, y).backward()
print(f"otra vez backward:           m.grad = {m.grad:.4f}")

# %% [markdown]
# (Antes del primer backward no hay gradiente que borrar: `.grad` es `None`. De ahí el `if` del bucle.)
#
# ### backward()
#
# Parte de *un solo número*, porque «el gradiente de cincuenta números» no es un vector, sino una tabla. Y gasta los
# apuntes: lo que el paso hacia delante había guardado se libera por el camino, así que cada backward necesita su propio
# forward.

# %%
m = leaf()
print(failure_of(lambda: (m * x - y).abs().backward()))

loss = ((m * x - y) ** 2).mean()
loss.backward()
print(failure_of(loss.backward))

# %% [markdown]
# ### no_grad
#
# La actualización también es un cálculo, y m participa en él. Pero no forma parte del modelo: no queremos apuntes
# suyos. Bajo `torch.no_grad()` no se toman. Si m se cambia sobre su propia memoria sin eso, PyTorch protesta, porque la
# hoja cuyo gradiente tiene que calcular ya no sería la que era:

# %%
m = leaf()
mean_error(m * x, y).backward()


def update_in_the_open():
    global m
    m -= lr * m.grad


print(failure_of(update_in_the_open))
with torch.no_grad():
    unnoted = m - lr * m.grad
print(f"m - lr * m.grad bajo no_grad: requires_grad = {unnoted.requires_grad}, grad_fn = {unnoted.grad_fn}")

# %% [markdown]
# ### Tres maneras de actualizar
#
# Se parecen, y solo dos de ellas aprenden. Primero, los nombres:
#
# - **reasignada**: `m = m - lr * m.grad`. A la derecha nace un tensor *nuevo*, y el nombre m se muda a él. Hecho bajo
#   `no_grad`, no pide gradiente.
# - **reasignada con seguimiento**: `m = (m - lr * m.grad).requires_grad_(True)`. También nuevo, pero se le dice que lo
#   pida.
# - **en el sitio**: `m -= lr * m.grad`. El mismo tensor con otro valor. Ni memoria nueva ni objeto nuevo.


# %%
def learn(update, steps, b_tracked=True):
    """El bucle, con la actualización por decidir."""
    m, b = leaf(), torch.tensor(0.0, requires_grad=b_tracked)
    for _ in range(steps):
        if m.grad is not None:
            m.grad.zero_()
        mean_error(gradlab.line(x, m, b), y).backward()
        with torch.no_grad():
            m = update(m)
    return m


def rebound(m):
    m = m - lr * m.grad
    return m


def rebound_and_tracked(m):
    m = (m - lr * m.grad).requires_grad_(True)
    return m


def in_place(m):
    m -= lr * m.grad
    return m


print("manera                mismo objeto  is_leaf   requires_grad")
for update in (rebound, rebound_and_tracked, in_place):
    before = leaf()
    mean_error(before * x, y).backward()
    with torch.no_grad():
        after = update(before)
    print(f"{update.__name__:20}  {after is before!s:11}   {after.is_leaf!s:7}   {after.requires_grad}")

# %% [markdown]
# Las tres devuelven una hoja: sin apuntes, no consta de dónde salió. Pero solo la última es el *mismo* objeto, y la
# primera no pide gradiente. Un paso sale bien con cualquiera. El segundo, no:

# %%
print(f"rebound, un paso:      m = {learn(rebound, 1):.6f}")
print("rebound, segundo paso:", failure_of(lambda: learn(rebound, 2, b_tracked=False)))
print("… si b pide gradiente:", failure_of(lambda: learn(rebound, 2)))
for update in (rebound_and_tracked, in_place):
    print(f"{update.__name__}, {steps} pasos:  m = {learn(update, steps):.6f}")

# %% [markdown]
# Dos mensajes distintos para el mismo fallo. Si m es la única que pide gradiente, el error del segundo paso no tiene
# apunte alguno, y es `backward()` quien se queja. Si b también lo pide, como en el bucle original, ese error sí tiene
# apuntes, los de b: `backward()` sale bien, y lo que falla es la actualización, donde `m.grad` es `None`. El mensaje
# habla de una multiplicación; el fallo se cometió un paso antes, en la asignación.
#
# ### Para llevarse
#
# - Un paso Δ solo enseña la dirección a grandes rasgos; no hay un Δ que sirva para todos los parámetros, y cada uno
#   cuesta dos predicciones.
# - El gradiente da la dirección exacta: derivada del error por derivada del modelo, en media sobre los puntos. Vamos en
#   sentido contrario.
# - El gradiente conoce los puntos, no la verdad: el azar mueve el resultado, y el ruido en x lo aplana.
# - Las derivadas las pone PyTorch. A nosotros nos queda pedir (`requires_grad`, `backward`), borrar (`zero_`),
#   actualizar en el sitio y sin apuntes (`no_grad`) y guardar copias (`clone().detach()`).
#
# Y cuando un bucle tuyo no aprenda: `gradlab doctor tu_script.py` lo vigila y te dice por qué.
#
# ### Para leer más
#
# - Gradiente: <https://es.wikipedia.org/wiki/Gradiente>
# - Regla de la cadena: <https://es.wikipedia.org/wiki/Regla_de_la_cadena>
# - L1Loss: <https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html>
# - MSELoss: <https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html>
